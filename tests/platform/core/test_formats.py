"""Amounts and moments as each language writes them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from babel.numbers import format_currency
from django.utils import timezone, translation

from gradus.core import formats, markup

NOW = datetime(2026, 5, 20, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("code", sorted(formats.SYMBOLS))
@pytest.mark.parametrize("minor", [0, 5, 4900, 125_000, 123_456_789, -990])
def test_an_amount_is_written_as_its_language_writes_it(language: str, code: str, minor: int) -> None:
    amount = minor if code in formats.WITHOUT_MINOR_UNITS else minor / 100
    with translation.override(language):
        written = formats.money(minor, code)
    assert written.replace("\N{MINUS SIGN}", "-") == format_currency(amount, code, locale=language)


@pytest.mark.parametrize(
    ("language", "written"),
    [("en", ["€49.00", "CHF\xa049.00"]), ("de", ["49,00\xa0€", "49,00\xa0CHF"])],
)
def test_no_amount_is_broken_from_its_currency(language: str, written: list[str]) -> None:
    with translation.override(language):
        assert [formats.money(4900, "EUR"), formats.money(4900, "chf")] == written


@pytest.mark.parametrize(
    ("ago", "english", "german"),
    [
        (timedelta(seconds=20), "just now", "gerade eben"),
        (timedelta(minutes=1), "1 minute ago", "vor 1 Minute"),
        (timedelta(hours=3, minutes=5), "3 hours ago", "vor 3 Stunden"),
        (timedelta(days=1, hours=23), "1 day ago", "vor 1 Tag"),
        (timedelta(days=5), "5 days ago", "vor 5 Tagen"),
        (timedelta(days=-1), "in 1 day", "in 1 Tag"),
        (timedelta(days=-2), "in 2 days", "in 2 Tagen"),
        (timedelta(days=9), "May 11, 2026", "11. Mai 2026"),
    ],
)
def test_a_moment_is_told_in_the_right_case(ago: timedelta, english: str, german: str) -> None:
    assert told(formats.relative, NOW - ago) == (english, german)


@pytest.mark.parametrize(
    ("ago", "english", "german"),
    [
        (timedelta(seconds=20), "for less than a minute", "seit weniger als einer Minute"),
        (timedelta(hours=1), "for 1 hour", "seit 1 Stunde"),
        (timedelta(days=5), "for 5 days", "seit 5 Tagen"),
        (timedelta(days=9), "since May 11, 2026", "seit dem 11. Mai 2026"),
    ],
)
def test_how_long_something_has_been_so(ago: timedelta, english: str, german: str) -> None:
    assert told(formats.lasting, NOW - ago) == (english, german)
    with time_machine.travel(NOW, tick=False):
        assert english.replace(" ", "\xa0") in markup.when(NOW - ago, "since").replace(" ", "\xa0")


def told(write: Callable[[datetime], str], at: datetime) -> tuple[str, str]:
    with time_machine.travel(NOW, tick=False):
        with translation.override("en"):
            english = write(at)
        with translation.override("de"):
            return english.replace("\xa0", " "), write(at).replace("\xa0", " ")


def test_a_moment_is_told_in_the_readers_zone_and_language() -> None:
    at = datetime(2026, 5, 20, 23, 30, tzinfo=UTC)
    with translation.override("de"), timezone.override("Europe/Berlin"):
        assert formats.moment(at) == "21. Mai 2026 01:30 CEST"
    with translation.override("en"), timezone.override("UTC"):
        assert formats.moment(at) == "May 20, 2026, 11:30 p.m. UTC"
