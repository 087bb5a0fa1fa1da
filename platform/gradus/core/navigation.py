"""The site's menus, and the way back. Core knows no pages: every app registers its own entries in `AppConfig.ready`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme

Place = Literal["main", "account", "footer"]
Address = str | Callable[[HttpRequest], str | None]


def everyone(_request: HttpRequest) -> bool:
    return True


def signed_in(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    return user is not None and user.is_authenticated


@dataclass(frozen=True, slots=True)
class Entry:
    """`url` is the name of a URL, or a function that gives an address or None (then the entry is left out)."""

    label: str | Promise
    url: Address
    order: int = 50
    shown: Callable[[HttpRequest], bool] = everyone
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    label: str | Promise
    url: str
    icon: str
    current: bool


_entries: dict[Place, dict[str, Entry]] = {"main": {}, "account": {}, "footer": {}}


def register(place: Place, key: str, entry: Entry) -> None:
    """Add an entry, or replace the one registered under the same key."""
    _entries[place][key] = entry


def links(request: HttpRequest, place: Place) -> list[Link]:
    entries = sorted(_entries[place].values(), key=lambda entry: entry.order)
    found = [_link(entry, request) for entry in entries if entry.shown(request)]
    return [link for link in found if link is not None]


def _link(entry: Entry, request: HttpRequest) -> Link | None:
    url = _address(entry.url, request)
    if not url:
        return None
    return Link(entry.label, url, entry.icon, current=url != "/" and request.path.startswith(url))


def _address(url: Address, request: HttpRequest) -> str | None:
    if callable(url):
        return url(request)
    try:
        return reverse(url)
    except NoReverseMatch:
        return None


def sign_in_url(request: HttpRequest) -> str:
    """Where one signs in and comes back to what one was reading; from the front page, to one's own work."""
    address = _address("account_login", request) or ""
    aside = address.removesuffix("login/")
    reading = request.GET.get("next", "") if request.path.startswith(aside) else request.get_full_path()
    return f"{address}?{urlencode({'next': reading})}" if address and reading not in {"", "/"} else address


def safe_next(request: HttpRequest, default: str = "/") -> str:
    """Where the form wants to go on, as long as that is on this site."""
    wanted = request.POST.get("next") or request.GET.get("next") or default
    here = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if here else default
