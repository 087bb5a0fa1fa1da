"""How allauth behaves here."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from gradus.accounts.models import User
from gradus.accounts.roles import Role
from gradus.accounts.services import give_roles


class AccountAdapter(DefaultAccountAdapter):
    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:  # noqa: FBT001, FBT002
        """Whoever signs up is a student; every other role is given by an administrator."""
        user.display_name = form.cleaned_data["display_name"]
        user.time_zone = form.cleaned_data["time_zone"]
        saved: User = super().save_user(request, user, form, commit)
        if commit:
            give_roles(saved, [Role.STUDENT])
        return saved
