"""Writes about people."""

from collections.abc import Iterable
from importlib import import_module

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gradus.accounts.models import User
from gradus.accounts.roles import Role


@transaction.atomic
def create_person(
    *, email: str, display_name: str, roles: Iterable[Role], password: str | None = None, **fields: object
) -> User:
    """A person who can sign in at once: the address counts as verified."""
    user = User.objects.create_user(email, password, display_name=display_name, **fields)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    give_roles(user, roles)
    return user


def keep_an_admin(*, without: Iterable[int]) -> None:
    """Raises ValidationError when these people are the last who administer the academy: nobody could get in.

    Call it in the transaction that takes the role away. Whoever does so at the same time waits for its end.
    """
    list(Group.objects.select_for_update().filter(name=Role.ADMIN.value))
    administer = Q(groups__name=Role.ADMIN.value) | Q(is_superuser=True)
    if not User.objects.filter(administer, is_active=True).exclude(pk__in=without).exists():
        raise ValidationError(_("This is the last administrator. Give somebody else the role first."))


def give_roles(user: User, roles: Iterable[Role]) -> None:
    user.groups.add(*Group.objects.filter(name__in=[role.value for role in roles]))
    user.forget_roles()


def forget_sessions() -> None:
    """The task of every day: sign-ins that have ended."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
