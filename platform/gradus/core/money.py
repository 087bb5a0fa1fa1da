"""Money is a whole number of minor units and a currency; this is the way from and to what people type."""

from decimal import ROUND_HALF_UP, Decimal

from gradus.core.formats import WITHOUT_MINOR_UNITS


def places(currency: str) -> int:
    """How many decimals the currency is typed with."""
    return 0 if currency.upper() in WITHOUT_MINOR_UNITS else 2


def to_minor(amount: Decimal, currency: str) -> int:
    return int(amount.scaleb(places(currency)).to_integral_value(ROUND_HALF_UP))


def from_minor(minor: int, currency: str) -> Decimal:
    return Decimal(minor).scaleb(-places(currency))
