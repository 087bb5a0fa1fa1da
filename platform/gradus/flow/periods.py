"""The periods of limits: rolling ones are elapsed time, calendar ones follow the site's time zone."""

from datetime import datetime, timedelta

from django.utils import timezone

from gradus.policy.process import Calendar, Rolling

MONTHS = {"month": 1, "quarter": 3, "year": 12}


def start(per: Rolling | Calendar, at: datetime) -> datetime:
    """The first moment that still counts at `at`."""
    if isinstance(per, Rolling):
        return at - per.span + timedelta(microseconds=1)
    local = timezone.localtime(at, timezone.get_default_timezone())
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    if per.unit == "day":
        return midnight
    if per.unit == "week":
        return _days_on(midnight, -midnight.weekday())
    months = MONTHS[per.unit]
    return midnight.replace(day=1, month=(midnight.month - 1) // months * months + 1)


def over(per: Rolling | Calendar, used: datetime) -> datetime:
    """When a use at `used` stops counting."""
    if isinstance(per, Rolling):
        return used + per.span
    first = start(per, used)
    if per.unit in {"day", "week"}:
        return _days_on(first, 1 if per.unit == "day" else 7)
    month = first.month - 1 + MONTHS[per.unit]
    return first.replace(year=first.year + month // 12, month=month % 12 + 1)


def _days_on(moment: datetime, days: int) -> datetime:
    """So many calendar days on, at the same hour of the wall clock (aware arithmetic within one zone)."""
    return moment + timedelta(days=days)
