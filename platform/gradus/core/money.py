"""Money is a whole number of minor units and a currency; this turns it into what people type and read."""

from decimal import ROUND_HALF_UP, Decimal

from django.utils.formats import number_format

# Currencies whose minor unit is not a hundredth (ISO 4217).
EXPONENTS = {
    "BHD": 3,
    "CLP": 0,
    "ISK": 0,
    "JOD": 3,
    "JPY": 0,
    "KRW": 0,
    "KWD": 3,
    "OMR": 3,
    "TND": 3,
    "VND": 0,
    "XAF": 0,
}


def exponent(currency: str) -> int:
    return EXPONENTS.get(currency, 2)


def to_minor(amount: Decimal, currency: str) -> int:
    return int(amount.scaleb(exponent(currency)).to_integral_value(ROUND_HALF_UP))


def from_minor(minor: int, currency: str) -> Decimal:
    return Decimal(minor).scaleb(-exponent(currency))


def shown(minor: int, currency: str) -> str:
    """As people read it: “1,234.50 EUR”."""
    digits = number_format(from_minor(minor, currency), decimal_pos=exponent(currency), force_grouping=True)
    return f"{digits} {currency}"
