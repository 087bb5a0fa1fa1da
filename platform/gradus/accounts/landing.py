"""Where people's work is, and addresses on the way to what they were about to do."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.shortcuts import resolve_url

from gradus.accounts.models import User
from gradus.accounts.roles import STAFF, Role

Place = str | Callable[[User], str]
_places: dict[Role, Place] = dict.fromkeys(STAFF, "wagtailadmin_home")


def lead(role: Role, to: Place) -> None:
    """Whoever acts in this role lands at a URL's name, or at the address a function gives (empty: at home)."""
    _places[role] = to


def landing_of(user: User) -> str:
    place = _places.get(user.acting_role, "/")
    return resolve_url((place(user) if callable(place) else place) or "/")


def onward_url(to: str, onward: str) -> str:
    """An address on the way, by its name, which keeps where one is going."""
    return resolve_url(to) + (f"?{urlencode({'next': onward})}" if onward else "")
