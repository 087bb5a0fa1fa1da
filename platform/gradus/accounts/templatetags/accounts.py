"""What templates ask about whoever is looking: {% load accounts %}."""

from dataclasses import dataclass

from django import template
from django.template import Context

from gradus.accounts.confirming import address_of, pending
from gradus.accounts.models import User
from gradus.accounts.modes import options
from gradus.accounts.roles import STAFF, Role

register = template.Library()


@dataclass(frozen=True, slots=True)
class Modes:
    acting: Role
    options: list[Role]

    @property
    def staff(self) -> bool:
        return self.acting in STAFF


@register.simple_tag(takes_context=True)
def modes(context: Context) -> Modes:
    """`{% modes as mode %}`: the role acted in and those to choose from."""
    user = getattr(context.get("request"), "user", None)
    return Modes(user.acting_role, options(user)) if isinstance(user, User) else Modes(Role.GUEST, [])


@register.simple_tag(takes_context=True)
def awaited_address(context: Context) -> str:
    """`{% awaited_address as address %}`: the one this browser's sign-up waits for, or nothing."""
    login = pending(context["request"])
    return address_of(login) if login else ""
