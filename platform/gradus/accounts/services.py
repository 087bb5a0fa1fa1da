"""Writes about people."""

from collections.abc import Iterable

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.db import transaction

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


def give_roles(user: User, roles: Iterable[Role]) -> None:
    user.groups.add(*Group.objects.filter(name__in=[role.value for role in roles]))
    user.forget_roles()
