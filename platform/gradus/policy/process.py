"""What a declared process consists of: typed fields, states, limits. Plain data, read from a book."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

from gradus.policy import tree

FieldType = Literal[
    "text", "long text", "choice", "number", "money", "flag", "date", "email", "url", "person", "file"
]  # fmt: skip
KINDS: dict[str, tree.Kind] = {
    "text": "text", "long text": "text", "choice": "text", "email": "text", "url": "text",
    "number": "whole", "money": "whole", "flag": "flag", "date": "date", "person": "ref",
}  # fmt: skip
TYPES = (*KINDS, "file")
TONES = ("neutral", "info", "success", "warning", "danger")


@dataclass(frozen=True, slots=True)
class Question:
    """A typed field of a process or of a transition's `ask`. Money is in minor units; `max` of a file is bytes."""

    name: str
    type: str
    label: str
    required: bool = False
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    min: int | None = None
    max: int | None = None
    many: int = 1  # how many values at most
    show: frozenset[str] = frozenset()
    default: Any = None


@dataclass(frozen=True, slots=True)
class State:
    name: str
    label: str
    tone: str = "neutral"


@dataclass(frozen=True, slots=True)
class Process:
    """The definition of a declared process; states in the order they are shown.

    `labels` are what it calls the columns its model asks for itself. A change of states or fields that breaks things
    which are there begins a new `edition`.
    """

    name: str
    title: str = ""
    help: str = ""
    fields: dict[str, Question] = field(default_factory=dict)
    states: dict[str, State] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    edition: int = 1


@dataclass(frozen=True, slots=True)
class Rolling:
    span: timedelta


@dataclass(frozen=True, slots=True)
class Calendar:
    unit: str  # day, week, month, quarter or year


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `allow` of the transition `count` per period and owner, checked on the transition `on`."""

    id: str
    on: str
    count: str
    allow: int
    per: Rolling | Calendar
    of: tree.Field | tree.Person
    say: str


@dataclass(frozen=True, slots=True)
class TestCase:
    """One `[[tests]]` of a book. `is_` names the fields that hold the person who asks."""

    __test__ = False

    number: int
    line: int
    role: str
    is_: tuple[str, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)
    given: dict[str, Any] = field(default_factory=dict)
    may: frozenset[str] = frozenset()
