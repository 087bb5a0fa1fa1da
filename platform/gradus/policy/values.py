"""Books of numbers: each with its unit, its bounds and its words, checked like any other rule.

    [values.video_complete]
    value = 95
    unit  = "percent"
    min   = 50
    max   = 100
    title = "A video is complete at"

`policy.value("metrics", "video_complete")` is the number in force. A program that cannot do without one says so with
`needs`, and a set of books that lacks it is refused before anybody misses it.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from gradus.policy.errors import RuleError, UnknownName, nearest, phrase
from gradus.policy.source import Path, Source

SECTIONS = ("title", "values")
KEYS = ("value", "unit", "min", "max", "title", "help")
TIME = ("seconds", "minutes", "hours", "days", "weeks")
FRACTIONS = ("percent", "share", "factor")  # with decimal places, as Decimal
COUNTS = ("", "people", "times", "points", "money")  # whole numbers; money is in minor units
UNITS = (*TIME, *FRACTIONS, *COUNTS)
Number = int | float

_needed: dict[tuple[str, str], str] = {}


@dataclass(frozen=True, slots=True)
class Value:
    """A number as it is written, in its unit."""

    name: str
    value: Number
    unit: str = ""
    min: Number | None = None
    max: Number | None = None
    title: str = ""
    help: str = ""

    @property
    def typed(self) -> Any:
        """A timedelta for a unit of time, a Decimal for what has decimal places, else an int."""
        return typed(self.value, self.unit)

    def __str__(self) -> str:
        return f"{self.value} {self.unit}".rstrip()


@dataclass(frozen=True, slots=True)
class Values:
    """A book of numbers, called as its file is. `version` is the hash of its text."""

    file: str
    name: str
    title: str
    version: str
    values: Mapping[str, Value]
    text: str = field(default="", repr=False)

    def __getitem__(self, name: str) -> Value:
        if name not in self.values:
            raise UnknownName(f"{self.file} has no value {name}{nearest(name, self.values)}")
        return self.values[name]


def needs(book: str, name: str, *, unit: str) -> None:
    """Say that the program asks for this value, in this unit."""
    _needed[book, name] = unit


def needed() -> Mapping[tuple[str, str], str]:
    """The unit of every (book, value) that the program asks for."""
    return _needed


def typed(value: Number, unit: str) -> Any:
    if unit in TIME:
        return timedelta(**{unit: value})
    return Decimal(str(value)) if unit in FRACTIONS else value


def read_values(source: Source) -> Values:
    """The book of a file with `[values]`; what is wrong is reported at its key."""
    source.only((), source.data, SECTIONS)
    written = source.table(("values",), source.data["values"])
    source.named(("values",), written, "value", "values")
    found = {}
    for name, table in written.items():
        with source.at("values", name):
            found[name] = _value(source, ("values", name), source.table(("values", name), table))
    title = source.take((), source.data, "title", str, "")
    name = source.file.rsplit("/", 1)[-1].removesuffix(".toml")
    return Values(source.file, name, title, source.version, found, source.text)


def _value(source: Source, path: Path, table: dict[str, Any]) -> Value:
    source.only(path, table, KEYS)
    unit, title, about = (source.take(path, table, key, str, "") for key in ("unit", "title", "help"))
    if unit not in UNITS:
        source.report((*path, "unit"), phrase("“{}” is not a unit{}", unit, nearest(unit, filter(None, UNITS))))
    value, low, high = (_number(source, path, table, key, unit) for key in ("value", "min", "max"))
    if value is None:
        if "value" not in table:
            raise RuleError(phrase("value = a number is expected here"))
        value = 0
    elif (low is not None and value < low) or (high is not None and value > high):
        source.report((*path, "value"), phrase("{} lies outside {}", value, _bounds(low, high)))
    return Value(str(path[-1]), value, unit, low, high, title, about)


def _number(source: Source, path: Path, table: dict[str, Any], key: str, unit: str) -> Number | None:
    found = table.get(key)
    if found is None:
        return None
    with source.at(*path, key):
        if not isinstance(found, int | float) or isinstance(found, bool) or not math.isfinite(found):
            raise RuleError(phrase("a number is expected here, not {!r}", found))
        if isinstance(found, float) and unit in COUNTS:
            hint = phrase("{} have decimal places", ", ".join(FRACTIONS))
            raise RuleError(phrase("a whole number is expected here, not {!r}; {}", found, hint))
        try:
            typed(found, unit)
        except OverflowError:
            raise RuleError(phrase("nothing takes that long")) from None
        return found
    return None


def _bounds(low: Number | None, high: Number | None) -> str:
    return " … ".join("" if bound is None else str(bound) for bound in (low, high)).strip()
