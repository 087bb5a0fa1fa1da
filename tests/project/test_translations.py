"""Every text has its translation, compiled, with the same placeholders; and people read the language they chose."""

import re
import tomllib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from string import Formatter
from typing import Any

import allauth
import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation
from pytest_django.asserts import assertContains, assertNotContains

from gradus import policy
from gradus.accounts.models import User
from gradus.policy.texts import CONTEXT
from gradus.project import translating
from tests.cms.conftest import private_files
from tests.everything import make_everything

__all__ = ["private_files"]

CATALOGUES = [translating.OURS, *translating.ALLAUTHS]
# What only appears with sign-in by phone, passkey or code, which are off, and in django-admin's list of addresses.
NOT_SHOWN = re.compile(r"phone|passkey|code|security key|username|session|connections", re.IGNORECASE)
NAMES = {"QR", "MFA", "TOTP", "WebAuthn", "PIN", "I", "URL", "IP", "JavaScript"}


def named(path: Path) -> str:
    return f"{path.parts[-5]}-{path.parts[-3]}"


def test_every_text_of_ours_is_translated_and_nothing_that_is_gone_is_kept() -> None:
    kept = {(message.id, message.context) for message in translating.catalog(translating.OURS) if message.id}
    assert kept == set(translating.wanted()), "run `gradus messages` and translate what it lists"
    assert translating.untranslated(translating.catalog(translating.OURS)) == []


WORDS_OF_BOOKS = {"title", "help", "label", "done", "confirm", "say", "yes", "no"}


def written(table: Any) -> Iterator[str]:
    """Every text of a book's TOML that people read, by the keys that hold such."""
    if isinstance(table, list):
        yield from chain.from_iterable(map(written, table))
    for key, value in table.items() if isinstance(table, dict) else ():
        if isinstance(value, str) and key in WORDS_OF_BOOKS:
            yield value
        elif key in {"choices", "states"} and isinstance(value, dict):
            yield from (label for label in value.values() if isinstance(label, str))
            yield from written(value)
        else:
            yield from written(value)


def test_no_text_of_a_book_is_left_untranslated() -> None:
    german = {message.id for message in translating.catalog(translating.OURS) if message.context == CONTEXT}
    texts = {text for book in policy.active().books for text in written(tomllib.loads(book.text))}
    assert len(texts) > 100
    assert texts - german == set(), "run `gradus messages` and translate what it lists"


def test_translators_see_where_a_text_of_a_book_stands() -> None:
    assert "#: rules/requests/bug.toml#transitions.ask.done" in translating.OURS.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", CATALOGUES, ids=named)
def test_translations_have_the_placeholders_of_their_texts(path: Path) -> None:
    found = translating.catalog(path)
    assert translating.untranslated(found) == []
    assert [(message.id, str(error)) for message in found for error in message.check(found)] == []


def holes(text: str) -> set[tuple[str, str | None, str | None]]:
    """What stands where in braces, and how: by its name or number, which may be left out."""
    found = [(name, how, form) for _said, name, form, how in Formatter().parse(text) if name is not None]
    return {(name or str(number), how, form) for number, (name, how, form) in enumerate(found)}


def test_phrases_have_the_holes_of_their_texts() -> None:
    found = [(message.id, message.string) for message in translating.catalog(translating.OURS)]
    texts = [(text, said) for text, said in found if isinstance(text, str) and "{" in text]
    assert len(texts) > 100
    assert [text for text, said in texts if holes(text) != holes(said)] == []


@pytest.mark.parametrize("path", CATALOGUES, ids=named)
def test_what_python_reads_is_what_translators_wrote(path: Path) -> None:
    assert path.with_suffix(".mo").read_bytes() == translating.mo(translating.catalog(path)), "run `gradus messages`"


def in_title_case(text: str) -> bool:
    words = [word for word in re.findall(r"[A-Za-z]{2,}", text) if word not in NAMES]
    return len(words) > 1 and all(word[0].isupper() for word in words)


def allauths() -> set[str]:
    home = Path(allauth.__file__).parent
    folders = [home / "account", home / "mfa", home / "templates/account", home / "templates/mfa"]
    files = chain.from_iterable(folder.rglob("*") for folder in folders)
    messages = chain.from_iterable(
        translating.in_file(path) for path in files if path.suffix in {".py", ".html", ".txt"}
    )
    return {message.id for message in messages if isinstance(message.id, str) and not message.context}


def test_allauth_speaks_in_our_voice() -> None:
    shouted = {text for text in allauths() if in_title_case(text) and not NOT_SHOWN.search(text)}
    assert shouted
    with translation.override("en"):
        assert {text for text in shouted if in_title_case(translation.gettext(text))} == set()
    with translation.override("de"):
        assert {text for text in shouted if translation.gettext(text) == text} == set()


@pytest.mark.django_db
@pytest.mark.parametrize(("asked", "seen"), [("de-CH,de;q=0.9,en;q=0.5", "de"), ("fr,en;q=0.5", "en"), ("", "en")])
def test_a_guest_reads_what_their_browser_asks_for(client: Client, asked: str, seen: str) -> None:
    page = client.get("/accounts/login/", headers={"Accept-Language": asked})
    assertContains(page, f'<html lang="{seen}"')
    assertContains(page, {"de": "Neu hier?", "en": "New here?"}[seen])


@pytest.mark.django_db
def test_a_profile_decides_over_the_browser(client: Client, student: User) -> None:
    client.force_login(student, backend="django.contrib.auth.backends.ModelBackend")
    own = {"display_name": "Ada", "time_zone": "", "language": "de", "visible_to": student.visible_to}
    client.post("/profile/", own)
    page = client.get("/notifications/", headers={"Accept-Language": "en"})
    assertContains(page, "Noch nichts zu berichten")
    assertNotContains(page, "Nothing to tell you yet")


@pytest.mark.django_db
@pytest.mark.usefixtures("private_files")
@pytest.mark.parametrize(
    ("who", "address", "words"),
    [
        ("student", "/requests/", "Meine Anfragen"),
        ("student", "/courses/", "Alle Stufen"),
        ("instructor", "/admin/requests/", "Wartet auf mich"),
        ("analyst", "/admin/analytics/", "Lernrate nach Kurs"),
        ("admin", "/admin/health/", "Fehlgeschlagene Aufgaben"),
    ],
)
def test_every_part_of_the_house_speaks_it(client: Client, who: str, address: str, words: str) -> None:
    person = make_everything().people[who]
    User.objects.filter(pk=person.pk).update(language="de")
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    assertContains(client.get(address), words)


def test_each_language_says_its_own_name() -> None:
    assert dict(settings.LANGUAGES) == {"en": "English", "de": "Deutsch"}
