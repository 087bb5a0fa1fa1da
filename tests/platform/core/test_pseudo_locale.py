"""Every text people read can be translated: in a language where translations stand in brackets, none stands outside.

A page joins by a row in PAGES: its address (a function of the world when it needs a row there) and who looks at it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import available_timezones

import pytest
from django.test import Client

from gradus.accounts.api_keys import create_key
from gradus.accounts.models import User
from gradus.accounts.roles import Role
from gradus.accounts.services import create_person
from tests import pseudo

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class World:
    """What there is to be seen, all of it marked as data."""

    people: dict[str, User]

    @property
    def known(self) -> tuple[str, ...]:
        """Data that cannot be marked."""
        return tuple(person.email for person in self.people.values())


@pytest.fixture
def world() -> World:
    people = {
        role.value: create_person(email=f"{role.value}@example.com", display_name=pseudo.data("Pia"), roles=[role])
        for role in (Role.STUDENT, Role.INSTRUCTOR, Role.EDITOR, Role.ANALYST, Role.ADMIN)
    }
    people["two"] = create_person(
        email="two@example.com", display_name=pseudo.data("Bo"), roles=[Role.STUDENT, Role.INSTRUCTOR]
    )
    create_key(user=people["two"], name=pseudo.data("importer"), role=Role.STUDENT, scopes=["read"])
    return World(people)


@dataclass(frozen=True)
class Page:
    address: str | Callable[[World], str]
    who: str = ""  # a key of World.people; a guest when empty
    known: tuple[str, ...] = ()  # words of this page that are data

    def __str__(self) -> str:
        address = self.address if isinstance(self.address, str) else self.address.__name__
        return f"{address} {self.who}".strip()


def instructors_page(world: World) -> str:
    return f"/people/{world.people['instructor'].pk}/"


CHOICES = ("English", *{part.replace("_", " ") for name in available_timezones() for part in name.split("/", 1)})

PAGES = [
    Page("/accounts/login/"),
    Page("/accounts/signup/"),
    Page("/accounts/password/reset/"),
    Page("/accounts/password/reset/done/"),
    Page("/accounts/password/reset/key/done/"),
    Page("/accounts/password/reset/key/7-wrong/"),
    Page("/accounts/confirm-email/"),
    Page("/accounts/confirm-email/wrong/"),
    Page("/accounts/inactive/"),
    Page("/accounts/logout/", "student"),
    Page("/accounts/email/", "student"),
    Page("/accounts/password/change/", "two"),
    Page("/accounts/2fa/", "student"),
    Page("/profile/", "student", CHOICES),
    Page("/profile/", "two", CHOICES),
    Page(instructors_page),
    Page(instructors_page, "student"),
    Page("/nothing-here/"),
    Page("/nothing-here/", "instructor"),
    Page("/admin/", "student"),
    Page("/notifications/", "student"),
]


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_a_page_has_no_text_that_nobody_can_translate(page: Page, world: World, client: Client) -> None:
    if page.who:
        client.force_login(world.people[page.who], "django.contrib.auth.backends.ModelBackend")
    address = page.address if isinstance(page.address, str) else page.address(world)
    with pseudo.language():
        seen = client.get(address, follow=True).content.decode()
    assert pseudo.OPEN in seen
    assert pseudo.hard_coded(seen, known=(*world.known, *page.known)) == []


@pytest.mark.parametrize(
    "spoilt",
    [
        "<p>Hello</p>",
        "<p>⟦Hello⟧ there</p>",
        '<img alt="A cat">',
        '<button aria-label="Close"></button>',
        '<input type="submit" value="Send">',
        '<meta name="description" content="About us">',
        "<title>Home</title>",
    ],
)
def test_the_search_finds_what_is_hard_coded(spoilt: str) -> None:
    assert pseudo.hard_coded(spoilt)


@pytest.mark.parametrize(
    "fine",
    [
        "<p>⟦Hello⟧ ⟪Ada⟫</p>",
        '<p>⟦Read <a href="/more/">⟦more⟧</a> here⟧</p>',
        '<img alt="⟦A cat⟧">',
        '<input type="text" value="typed">',
        "<script>let words = 1</script>",
        "<p>12 · 3 %</p>",
    ],
)
def test_and_nothing_else(fine: str) -> None:
    assert pseudo.hard_coded(fine) == []


def test_translations_come_in_brackets_only_while_asked() -> None:
    from django.utils.translation import gettext, ngettext

    with pseudo.language():
        assert gettext("Sign in") == "⟦Sign in⟧"
        assert ngettext("one", "many", 2) == "⟦many⟧"
    assert gettext("Sign in") == "Sign in"
