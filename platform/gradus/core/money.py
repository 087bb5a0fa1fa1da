"""Money is a whole number of minor units and a currency; this is the way from and to what people type."""

import re
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.formats import get_format, number_format
from django.utils.translation import gettext_lazy as _

from gradus.core.formats import SYMBOLS, WITHOUT_MINOR_UNITS

EXAMPLE = 4990  # minor units
LONGEST = 40  # characters: nobody types a longer amount
_PLAIN = re.compile(r"(?P<whole>[0-9]+|(?=[.,]))(?:[.,](?P<rest>[0-9]+))?")
_GROUPED = re.compile(
    r"(?P<whole>[1-9][0-9]{0,2}(?P<group>[.,'\N{RIGHT SINGLE QUOTATION MARK}\s])[0-9]{3}(?:(?P=group)[0-9]{3})*)"
    r"(?:(?!(?P=group))[.,](?P<rest>[0-9]+))?"
)
_TWO_WAYS = re.compile(r"[1-9][0-9]{0,2}(?P<group>[.,])[0-9]{3}")


def places(currency: str) -> int:
    """How many decimals the currency is typed with."""
    return 0 if currency.upper() in WITHOUT_MINOR_UNITS else 2


def from_minor(minor: int, currency: str) -> Decimal:
    return Decimal(minor).scaleb(-places(currency))


def sign(currency: str) -> str:
    """€ for EUR; the code itself where there is no sign."""
    return SYMBOLS.get(currency.upper(), currency.upper())


def typed(minor: int, currency: str) -> str:
    """An amount as one would type it: 4990 EUR is 49.90, in German 49,90."""
    return number_format(from_minor(minor, currency), places(currency), use_l10n=True)


def read(text: str, currency: str) -> int:
    """The minor units of an amount somebody typed, with or without the sign or the code of its currency.

    What can be read one way only is read so in every language: 49,90 and 49.90, 1.234,50 and 1,234.50. One point or
    comma before exactly three digits (1.234 or 1,234) stands between thousands where the reader's language writes it
    there; elsewhere it is refused. Raises ValidationError that says how to write it.
    """
    minus, amount = _bare(text.strip(), currency)
    two_ways = _TWO_WAYS.fullmatch(amount)
    if two_ways and two_ways["group"] != _thousands():
        raise _ambiguous(text.strip(), int(_digits(amount)), currency)
    found = _GROUPED.fullmatch(amount) or _PLAIN.fullmatch(amount)
    rest = (found["rest"] or "") if found else ""
    if found is None or len(text) > LONGEST or len(rest) > places(currency):
        raise _unreadable(currency)
    minor = int(_digits(found["whole"]) + rest.ljust(places(currency), "0"))
    return -minor if minus else minor


def _bare(text: str, currency: str) -> tuple[bool, str]:
    """Whether there is a minus, and the number without it and without the currency."""
    name = f"(?:{re.escape(sign(currency))}|{re.escape(currency)})"
    parts = re.fullmatch(rf"([-\N{{MINUS SIGN}}]?)\s*(?:{name}\s*)?(.*?)(?:\s*{name})?", text, re.IGNORECASE)
    return (bool(parts[1]), parts[2]) if parts else (False, "")


def _thousands() -> str:
    return str(get_format("THOUSAND_SEPARATOR"))


def _digits(amount: str) -> str:
    return re.sub(r"[^0-9]", "", amount)


def _unreadable(currency: str) -> ValidationError:
    said = {"example": typed(EXAMPLE, currency)}
    return ValidationError(_("Write the amount like this: %(example)s."), params=said, code="invalid")


def _ambiguous(text: str, whole: int, currency: str) -> ValidationError:
    said = {"typed": text, "example": typed(whole * 10 ** places(currency), currency)}
    told = _("“%(typed)s” can be read in two ways. If you mean a whole amount, write it like this: %(example)s.")
    return ValidationError(told, params=said, code="ambiguous")
