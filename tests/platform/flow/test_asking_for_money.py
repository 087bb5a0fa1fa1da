"""The field people type an amount into: in their language, kept on a mistake, minor units for the process."""

import re

import pytest
from django.utils import translation

from gradus.flow.forms import form_for
from gradus.flow.params import Kind, Param, Params

PRICE = Params((Param(name="price", kind=Kind.MONEY, label="Price", currency="EUR", least=100, most=1_000_000),))


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("typed", ["49,90", "49.90"])
def test_a_comma_is_never_lost(language: str, typed: str) -> None:
    with translation.override(language):
        form = form_for(PRICE, {"price": typed})
        assert form.is_valid(), form.errors
    assert form.cleaned_data == {"price": 4990}


def test_a_browser_does_not_read_it_first() -> None:
    field = str(form_for(PRICE)["price"])
    assert re.search(r'type="text"[^>]* inputmode="decimal"', field)


@pytest.mark.parametrize(("language", "example"), [("en", "49.90"), ("de", "49,90")])
def test_what_cannot_be_read_is_kept_and_told_how_to_write(language: str, example: str) -> None:
    with translation.override(language):
        form = form_for(PRICE, {"price": "about fifty"})
        assert example in form.errors["price"][0]
        assert 'value="about fifty"' in str(form["price"])


@pytest.mark.parametrize(
    ("language", "least", "most"), [("en", "€1.00", "€10,000.00"), ("de", "1,00\xa0€", "10.000,00\xa0€")]
)
def test_bounds_are_told_as_amounts(language: str, least: str, most: str) -> None:
    with translation.override(language):
        assert least in form_for(PRICE, {"price": "0,99"}).errors["price"][0]
        assert most in form_for(PRICE, {"price": "10000,01"}).errors["price"][0]
        assert form_for(PRICE, {"price": "10000,00"}).is_valid()


def test_less_than_nothing_and_more_than_numbers_hold_are_refused() -> None:
    unbound = Params((Param(name="price", kind=Kind.MONEY, currency="EUR", required=False),))
    assert form_for(unbound, {"price": "-1"}).errors["price"] == ["An amount cannot be negative."]
    assert form_for(unbound, {"price": "9" * 30}).errors["price"] == ["At most €90,071,992,547,409.91."]
    nothing = form_for(unbound, {"price": " "})
    assert nothing.is_valid()
    assert nothing.cleaned_data == {"price": None}


@pytest.mark.parametrize(("language", "shown"), [("en", "1250.50"), ("de", "1250,50")])
def test_what_is_there_already_is_shown_as_one_types_it(language: str, shown: str) -> None:
    with translation.override(language):
        assert f'value="{shown}"' in str(form_for(PRICE, initial={"price": 125_050})["price"])
        assert not form_for(PRICE, {"price": shown}, initial={"price": 125_050}).has_changed()


def test_the_currency_stands_at_the_field_and_is_read_out_with_it() -> None:
    param = Param(name="price", kind=Kind.MONEY, currency="EUR", help="What you paid.")
    html = form_for(Params((param,)), {"price": "x"})["price"].as_field_group()
    described = re.search(r'<input[^>]*aria-describedby="([^"]+)"', html)
    assert described
    assert described[1].split() == ["id_price_helptext", "id_price_error", "id_price_currency"]
    assert '<span class="g-money__sign" id="id_price_currency">€</span>' in html
