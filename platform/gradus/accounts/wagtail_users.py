"""Wagtail's user management, told how people look here."""

from wagtail.users.apps import WagtailUsersAppConfig


class PeopleConfig(WagtailUsersAppConfig):
    user_viewset = "gradus.accounts.viewsets.PersonViewSet"
    group_viewset = "gradus.accounts.viewsets.RoleViewSet"
