"""How amounts, durations and names are written for people."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}
WITHOUT_MINOR_UNITS = frozenset({"JPY", "KRW", "CLP", "ISK", "VND"})


def money(minor: int, currency: str) -> str:
    """An amount in minor units (cents), written with its currency: 125000 EUR is €1,250.00."""
    code = currency.upper()
    places = 0 if code in WITHOUT_MINOR_UNITS else 2
    whole, rest = divmod(abs(minor), 10**places)
    digits = f"{whole}.{rest:0{places}d}" if places else str(whole)
    number = number_format(digits, decimal_pos=places, use_l10n=True, force_grouping=True)
    sign = "\N{MINUS SIGN}" if minor < 0 else ""
    return f"{sign}{SYMBOLS[code]}{number}" if code in SYMBOLS else f"{sign}{code} {number}"


def duration(seconds: float) -> str:
    """A length of time in at most two units: 45 s, 12 min, 1 h 20 min, 3 days."""
    total = max(0, round(seconds))
    if total < 60:
        return _("%(count)d s") % {"count": total}
    minutes = round(total / 60)
    if minutes < 60:
        return _("%(count)d min") % {"count": minutes}
    hours, minutes = divmod(minutes, 60)
    if hours >= 48:
        days = round(hours / 24)
        return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
    if not minutes:
        return _("%(count)d h") % {"count": hours}
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}


def initials(name: object) -> str:
    """One or two letters that stand for a name: Ada Lovelace is AL."""
    words = [word for word in str(name).replace("@", " ").split() if word[0].isalnum()]
    if not words:
        return "?"
    letters = words[0][0] + (words[-1][0] if len(words) > 1 else "")
    return letters.upper()
