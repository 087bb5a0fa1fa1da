"""People and groups in the Wagtail admin, for administrators."""

from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BooleanColumn, BulkActionsCheckboxColumn, Column, DateColumn
from wagtail.admin.views.account import AccountView, BaseSettingsPanel
from wagtail.users.forms import GroupForm, UserCreationForm, UserEditForm
from wagtail.users.views import users
from wagtail.users.views.groups import DeleteView, GroupViewSet

from gradus.accounts import services
from gradus.accounts.models import User
from gradus.accounts.roles import HELD, Role


class _PersonForm:
    """What Wagtail's two forms need changed: one name, and no way to make superusers."""

    fields: dict[str, forms.Field]

    def _as_here(self) -> None:
        self.fields.pop("is_superuser", None)


class PersonCreationForm(_PersonForm, UserCreationForm):
    first_name = last_name = None
    field_order = ["display_name", "email"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._as_here()

    def save(self, commit: bool = True) -> User:  # noqa: FBT001, FBT002  # Django's signature
        """Without a password: the person sets one with the reset link, which proves the address."""
        self.instance.set_unusable_password()
        user: User = super().save(commit)
        return user

    class Meta(UserCreationForm.Meta):
        fields = {"email", "display_name", "groups"}


class PersonEditForm(_PersonForm, UserEditForm):
    """The address stays: who signs in with another has to prove that it is theirs, which only they can."""

    first_name = last_name = None
    instance: User

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._as_here()
        self.fields["email"].disabled = True
        self.fields["email"].help_text = _("People change it themselves, on their profile, and confirm the new one.")

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        stays = given.get("is_active", self.instance.is_active) and (
            self.instance.is_superuser or any(group.name == Role.ADMIN for group in given.get("groups", ()))
        )
        if not stays and Role.ADMIN in self.instance.roles and self.instance.is_active:
            services.keep_an_admin(without=[self.instance.pk])
        return given

    class Meta(UserEditForm.Meta):
        fields = {"email", "display_name", "is_active", "groups"}


class PersonEditView(users.EditView):
    @transaction.atomic  # from looking for another administrator to saving
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        answer: HttpResponseBase = super().post(request, *args, **kwargs)
        return answer


class PersonIndexView(users.IndexView):
    search_fields = ["display_name", "email"]

    @property
    def columns(self) -> list[Column]:
        title = self._get_title_column_class(users.UserColumn)
        return [
            BulkActionsCheckboxColumn("bulk_actions", obj_type="user"),
            title("name", accessor=str, label=_("Name"), sort_key="display_name", get_url=self.get_edit_url),
            Column("email", label=_("E-mail address"), sort_key="email"),
            Column("roles", accessor=_roles, label=_("Roles")),
            BooleanColumn("is_active", label=_("Active"), sort_key="is_active"),
            DateColumn("last_login", label=_("Last sign-in"), sort_key="last_login"),
        ]

    def get_base_queryset(self) -> Any:
        return super().get_base_queryset().prefetch_related("groups")


def _roles(user: User) -> str:
    return ", ".join(sorted(_named(group.name) for group in user.groups.all()))


def _named(group: str) -> str:
    """Roles in people's words; other groups have no words but their name."""
    return Role(group).label if group in set(HELD) else group


class PersonViewSet(users.UserViewSet):
    index_view_class = PersonIndexView
    edit_view_class = PersonEditView
    ordering = "display_name"
    template_prefix = "accounts/people/"

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm[User]]:  # noqa: FBT001, FBT002
        return PersonEditForm if for_update else PersonCreationForm


class BackOfficeAccountView(AccountView):
    """What staff set about the back office itself; name, zone and sign-in are on their profile."""

    def get_panels(self) -> list[BaseSettingsPanel]:
        return [panel for panel in super().get_panels() if panel.name in {"theme", "notifications"}]


class RoleForm(GroupForm):
    """The groups that are roles keep their names: rules and code know them by these."""

    def clean_name(self) -> str:
        name: str = super().clean_name()
        if self.initial.get("name") in set(HELD) and name != self.initial["name"]:
            raise ValidationError(_("“%(name)s” is a role of the academy and keeps its name."), params=self.initial)
        return name


class RoleDeleteView(DeleteView):
    def get_object(self) -> Group:
        group: Group = super().get_object()
        if group.name in set(HELD):
            raise PermissionDenied(_("This group is a role of the academy: rules and code rely on it."))
        return group


class RoleViewSet(GroupViewSet):
    delete_view_class = RoleDeleteView

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm[Group]]:  # noqa: FBT001, FBT002
        return RoleForm
