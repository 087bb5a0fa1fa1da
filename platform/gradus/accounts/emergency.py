"""The app entry of django-admin; apart from its site, which needs the models loaded."""

from django.contrib.admin.apps import AdminConfig


class EmergencyAdminConfig(AdminConfig):
    default_site = "gradus.accounts.django_admin.EmergencyAdminSite"
