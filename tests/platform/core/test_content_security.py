"""What browsers may load on our pages: little on the site, a bit more in the back office, nothing from elsewhere."""

import re

import pytest
from django.test import Client

from gradus.accounts.models import User
from gradus.accounts.roles import Role
from tests.conftest import MakePerson

pytestmark = pytest.mark.django_db

SITE = ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/nothing-here/", "/readyz"]
SIGNED_IN = ["/profile/", "/accounts/email/", "/accounts/2fa/", "/accounts/password/change/"]
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*application/(?:ld\+)?json)[^>]*>|<style|\son\w+=|\sstyle=", re.IGNORECASE
)


def _policy(answer: object) -> dict[str, list[str]]:
    header = answer["Content-Security-Policy"]  # type: ignore[index]
    return {name: sources for name, *sources in (part.split() for part in header.split(";"))}


@pytest.fixture
def browsers(client: Client, make_person: MakePerson) -> dict[str, Client]:
    signed_in = Client()
    signed_in.force_login(
        make_person("Pia", Role.EDITOR, Role.ADMIN, Role.STUDENT), "django.contrib.auth.backends.ModelBackend"
    )
    return dict.fromkeys(SITE, client) | dict.fromkeys([*SIGNED_IN, "/admin/", "/admin/users/"], signed_in)


@pytest.mark.parametrize("address", SITE + SIGNED_IN)
def test_the_site_is_strict(browsers: dict[str, Client], address: str) -> None:
    policy = _policy(browsers[address].get(address))
    assert policy["default-src"] == ["'self'"]
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == ["'none'"]
    assert policy["form-action"] == ["'self'"]
    for name in ("script-src", "style-src"):
        assert policy[name][0] == "'self'"
        assert not {"'unsafe-inline'", "'unsafe-eval'", "*", "https:", "data:"} & set(policy[name])


@pytest.mark.parametrize("address", SITE + SIGNED_IN)
def test_our_pages_have_nothing_inline(browsers: dict[str, Client], address: str) -> None:
    page = browsers[address].get(address).content.decode()
    assert INLINE.findall(page) == []


def test_the_search_for_inline_code_finds_it() -> None:
    for spoilt in ("<script>x()</script>", "<script nonce>x", "<p onclick='x'>", '<p style="a">', "<style>p{}</style>"):
        assert INLINE.search(spoilt)
    for fine in ('<script src="/a.js"></script>', '<script id="d" type="application/json">{}</script>', "<p class=on>"):
        assert not INLINE.search(fine)


@pytest.mark.parametrize("address", ["/admin/", "/admin/users/"])
def test_the_back_office_has_its_own(browsers: dict[str, Client], address: str) -> None:
    policy = _policy(browsers[address].get(address))
    assert policy["script-src"] == ["'self'", "'unsafe-inline'"]
    assert policy["frame-ancestors"] == ["'self'"]
    assert policy["default-src"] == ["'self'"]
    assert policy["object-src"] == ["'none'"]


def test_so_has_emergency_access(client: Client, superuser: User) -> None:
    client.force_login(superuser, "django.contrib.auth.backends.ModelBackend")
    assert _policy(client.get("/django-admin/"))["frame-ancestors"] == ["'self'"]


@pytest.mark.parametrize("address", ["/accounts/login/", "/admin/login/", "/nothing-here/", "/healthz"])
def test_every_answer_closes_what_we_never_use(client: Client, address: str) -> None:
    answer = client.get(address)
    assert "camera=()" in answer["Permissions-Policy"]
    assert answer["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
