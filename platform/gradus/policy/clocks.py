"""Clocks whose pauses do not count, registered in an app's `terms.py`.

    @clock("bookings.Booking", begins="paused_at", ends="resumed_at")
    def membership(of):
        return Pause.objects.filter(member=of("student"))

An automation that names one (`clock = "membership"`) counts a stay without the pauses of its object. The function gives
their rows: `of` reads a column of the object, in Python its value and in SQL the column itself, so that both ask the
same question. A pause without an end is still going on; what overlaps counts once.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db.models import DateTimeField, DurationField, F, Max, OuterRef, QuerySet, RowRange, Subquery, Value, Window
from django.db.models.functions import Coalesce, Greatest, Least

Pauses = Callable[[Callable[[str], Any]], QuerySet[Any]]
NONE = timedelta(0)


class _Absent(Exception):  # noqa: N818 - a signal: nobody is paused by what is not there
    pass


class _Total(Subquery):
    """All that the rows of a query have lasted."""

    template = "(SELECT SUM(lasted) FROM (%(subquery)s) pauses)"


@dataclass(frozen=True, slots=True)
class Clock:
    """One registered clock; `help` is its docstring."""

    name: str
    pauses: Pauses
    begins: str
    ends: str
    help: str = ""

    def paused(self, since: str, now: datetime) -> Coalesce:
        """In SQL: how long a row has been paused between its column (or annotation) `since` and now.

        A pause adds what lies behind the furthest end of those that began before it.
        """
        until = Value(now, DateTimeField())
        begin = Greatest(F(self.begins), OuterRef(since), output_field=DateTimeField())
        end = Least(Coalesce(F(self.ends), until), until)
        rows = self.pauses(OuterRef).order_by().alias(_begin=begin, _end=end).filter(_begin__lt=F("_end"))
        reached = Window(Max("_end"), order_by="_begin", frame=RowRange(end=-1))
        fresh = F("_end") - Greatest(F("_begin"), Coalesce(reached, F("_begin")))
        lasted = rows.annotate(lasted=Greatest(fresh, Value(NONE, DurationField()))).values("lasted")
        return Coalesce(_Total(lasted, output_field=DurationField()), Value(NONE, DurationField()))

    def elapsed(self, obj: Any, since: datetime, now: datetime) -> timedelta:
        """The same in Python, for one object: the time between both moments without its pauses."""
        try:
            rows = self.pauses(partial(_column, obj))
        except _Absent:
            return now - since
        paused, reached = NONE, since
        for begin, end in sorted(rows.order_by().values_list(self.begins, self.ends), key=lambda pause: pause[0]):
            until = min(end or now, now)
            if until > max(begin, reached):
                paused += until - max(begin, reached)
                reached = until
        return now - since - paused


def _column(obj: Any, path: str) -> Any:
    for name in path.split("__"):
        obj = getattr(obj, name)
        if obj is None:
            raise _Absent
    return obj


_clocks: dict[str, dict[str, Clock]] = {}


def clock(model: str, *, begins: str = "begins", ends: str = "ends", name: str = "") -> Callable[[Pauses], Pauses]:
    """Register the pauses of objects of `model` as a clock; `begins` and `ends` are the columns of a pause."""

    def register(pauses: Pauses) -> Pauses:
        word = name or pauses.__name__
        _clocks.setdefault(model, {})[word] = Clock(word, pauses, begins, ends, inspect.getdoc(pauses) or "")
        return pauses

    return register


def for_model(model: str) -> dict[str, Clock]:
    return _clocks.get(model, {})


def unregister(model: str, name: str) -> None:
    _clocks.get(model, {}).pop(name, None)
