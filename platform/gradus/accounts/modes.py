"""The mode switch: which of their roles a person acts in, kept in their session."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from gradus.accounts.models import User
from gradus.accounts.roles import HELD, Role

SESSION_KEY = "mode"


def chosen(session: Mapping[str, Any]) -> Role | None:
    """The mode kept in this session (of a request or a socket), or none."""
    kept = session.get(SESSION_KEY)
    return Role(kept) if kept in set(HELD) else None


def switch(request: HttpRequest, user: User, *, to: Role) -> bool:
    """Act as `to` from now on; False when the person does not hold that role."""
    if to not in user.roles:
        return False
    request.session.cycle_key()  # a key somebody else got hold of does not get more than it had
    request.session[SESSION_KEY] = to.value
    user.act_as = to
    return True


def options(user: User) -> list[Role]:
    """The roles to choose from, in their usual order; empty when there is nothing to choose."""
    held = [role for role in HELD if role in user.roles]
    return held if len(held) > 1 else []
