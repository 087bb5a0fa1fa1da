"""How amounts, durations and names are written for people."""

from datetime import datetime
from functools import lru_cache
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, ngettext, ngettext_lazy, pgettext
from django.utils.translation import gettext as _

SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}
WITHOUT_MINOR_UNITS = frozenset({"JPY", "KRW", "CLP", "ISK", "VND"})


def money(minor: int, currency: str) -> str:
    """An amount in minor units (cents), written with its currency: 125000 EUR is €1,250.00, in German 1.250,00 €."""
    code = currency.upper()
    places = 0 if code in WITHOUT_MINOR_UNITS else 2
    whole, rest = divmod(abs(minor), 10**places)
    digits = f"{whole}.{rest:0{places}d}" if places else str(whole)
    number = number_format(digits, decimal_pos=places, use_l10n=True, force_grouping=True)
    sign = "\N{MINUS SIGN}" if minor < 0 else ""
    if code in SYMBOLS:
        return sign + pgettext("amount of money", "%(symbol)s%(number)s") % {"symbol": SYMBOLS[code], "number": number}
    return sign + pgettext("amount of money", "%(code)s\u00a0%(number)s") % {"code": code, "number": number}


def whole(number: int) -> str:
    """A whole number as people of the language group it: 200000 is 200,000, in German 200.000."""
    return str(number_format(number, use_l10n=True, force_grouping=True))


def percent(share: float) -> str:
    """A share as a percentage with one decimal: 0.637 is 63.7 %, in German 63,7 %."""
    return f"{number_format(round(share * 100, 1), 1, use_l10n=True)}\u00a0%"


def moment(at: datetime) -> str:
    """A day and a time in the reader's zone, named: March 1, 2026, 2:30 p.m. CET."""
    local = timezone.localtime(at)
    return _moment(local, str(local.tzinfo), get_language())


@lru_cache(maxsize=4096)
def _moment(local: datetime, _zone: str, _language: str | None) -> str:
    """Kept, because a list shows the same moments again and again; equal moments of other zones are others."""
    return f"{date_format(local, 'DATETIME_FORMAT')} {local.tzname()}"


MINUTE, HOUR, DAY, WEEK = 60, 3600, 86_400, 7 * 86_400
# Whole phrases: how a language counts days depends on what stands before them (“5 Tage”, “vor 5 Tagen”).
AGO = (
    (DAY, ngettext_lazy("%(count)d day ago", "%(count)d days ago", "count")),
    (HOUR, ngettext_lazy("%(count)d hour ago", "%(count)d hours ago", "count")),
    (MINUTE, ngettext_lazy("%(count)d minute ago", "%(count)d minutes ago", "count")),
)
AHEAD = (
    (DAY, ngettext_lazy("in %(count)d day", "in %(count)d days", "count")),
    (HOUR, ngettext_lazy("in %(count)d hour", "in %(count)d hours", "count")),
    (MINUTE, ngettext_lazy("in %(count)d minute", "in %(count)d minutes", "count")),
)
LASTING = (
    (DAY, ngettext_lazy("for %(count)d day", "for %(count)d days", "count")),
    (HOUR, ngettext_lazy("for %(count)d hour", "for %(count)d hours", "count")),
    (MINUTE, ngettext_lazy("for %(count)d minute", "for %(count)d minutes", "count")),
)


def relative(at: datetime) -> str:
    """When that was or will be: 5 days ago, in 2 hours; a date where it is a week or more from now."""
    passed = (timezone.now() - at).total_seconds()
    if abs(passed) >= WEEK:
        return date_format(timezone.localtime(at), "DATE_FORMAT")
    return _counted(AGO if passed > 0 else AHEAD, abs(passed)) or _("just now")


def lasting(at: datetime) -> str:
    """How long something has been so: for 5 days; since a date where that is a week ago or longer."""
    passed = (timezone.now() - at).total_seconds()
    if passed >= WEEK:
        return _("since %(date)s") % {"date": date_format(timezone.localtime(at), "DATE_FORMAT")}
    return _counted(LASTING, passed) or _("for less than a minute")


def _counted(phrases: tuple[tuple[int, Any], ...], seconds: float) -> str:
    """The phrase of the largest unit, unbroken; nothing for less than a minute."""
    for unit, phrase in phrases:
        if seconds >= unit:
            return str(phrase % {"count": int(seconds // unit)}).replace(" ", "\u00a0")
    return ""


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
