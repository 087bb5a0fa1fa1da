"""Amounts as people type them, in each language."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from gradus.core import formats, money

LANGUAGES = st.sampled_from(["en", "de"])
CURRENCIES = st.sampled_from(["EUR", "usd", "CHF", "JPY"])
MINOR = st.integers(-(2**53), 2**53)


@given(minor=MINOR, currency=CURRENCIES, language=LANGUAGES)
def test_what_is_written_is_read_again(minor: int, currency: str, language: str) -> None:
    with translation.override(language):
        assert money.read(formats.money(minor, currency), currency) == minor
        assert money.read(money.typed(minor, currency), currency) == minor


@given(minor=MINOR, currency=CURRENCIES, written_in=LANGUAGES, read_in=LANGUAGES)
def test_an_amount_of_another_language_is_read_right_or_refused(
    minor: int, currency: str, written_in: str, read_in: str
) -> None:
    with translation.override(written_in):
        written = formats.money(minor, currency)
    with translation.override(read_in):
        assert read_or_why_not(written, currency) == minor or (
            money.places(currency) == 0  # ¥1,234 and nothing else: cents tell the two apart
            and read_or_why_not(written, currency) == "ambiguous"
        )


def read_or_why_not(typed: str, currency: str) -> object:
    try:
        return money.read(typed, currency)
    except ValidationError as refused:
        return refused.code


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize(
    ("typed", "minor"),
    [
        ("49,90", 4990), ("49.90", 4990), ("49,9", 4990), ("49.9", 4990), ("49", 4900), ("0049", 4900), (",50", 50),
        ("1.234,50", 123450), ("1,234.50", 123450), ("1.234.567", 123456700), ("1,234,567.8", 123456780),
        ("1 234,50", 123450), ("1\N{NARROW NO-BREAK SPACE}234", 123400), ("1'234.50", 123450), (" € 49,90 ", 4990),
        ("49.90 eur", 4990), ("-5", -500), ("\N{MINUS SIGN}€9.90", -990), ("0,00", 0),
    ],
)  # fmt: skip
def test_what_can_be_read_one_way_is_read_so_in_every_language(language: str, typed: str, minor: int) -> None:
    with translation.override(language):
        assert money.read(typed, "EUR") == minor


@pytest.mark.parametrize(("typed", "english", "german"), [("1,234", 123400, None), ("1.234", None, 123400)])
def test_three_digits_after_one_point_or_comma_are_thousands_where_the_language_has_them(
    typed: str, english: int | None, german: int | None
) -> None:
    for language, minor, example in [("en", english, "1234.00"), ("de", german, "1234,00")]:
        with translation.override(language):
            if minor is not None:
                assert money.read(typed, "EUR") == minor
                continue
            with pytest.raises(ValidationError) as refused:
                money.read(typed, "EUR")
            (said,) = refused.value.messages
            assert typed in said
            assert example in said


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize(
    "typed",
    [
        "x", "minus", "1,2,3", "1.23.45", "49 90", "0.123", "4,9900", "1.234,567", "1,234,50", "49,", ",", "-", "€",
        "$5", "5 - 6", "1e3", "inf", "٣", "--5", "9" * 41,
    ],
)  # fmt: skip
def test_what_is_no_amount_is_refused_with_an_example(language: str, typed: str) -> None:
    with translation.override(language), pytest.raises(ValidationError) as refused:
        money.read(typed, "EUR")
    assert {"en": "49.90", "de": "49,90"}[language] in refused.value.messages[0]


def test_a_currency_without_cents_takes_none() -> None:
    assert money.read("4,990", "JPY") == 4990
    with pytest.raises(ValidationError, match="4990"):
        money.read("49.90", "JPY")
