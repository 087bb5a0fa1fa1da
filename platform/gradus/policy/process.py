"""What a declared process consists of: typed fields, states, limits. Plain data, read from a book."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from gradus.policy import objects, tree
from gradus.policy.evaluate import Check
from gradus.policy.kinds import PERSON_MODEL

KINDS: dict[str, tree.Kind] = {
    "text": "text", "long text": "text", "choice": "text", "email": "text", "url": "text",
    "number": "whole", "money": "whole", "flag": "flag", "date": "date", "person": "ref",
}  # fmt: skip
TYPES = (*KINDS, "file")
TONES = ("neutral", "info", "success", "warning", "danger")


def types() -> tuple[str, ...]:
    """Every type a field may have: ours, and the objects that apps have registered."""
    return (*TYPES, *objects.registered())


def kind_of(form: str) -> tree.Kind | None:
    """What a condition reads of a field of this type; None where it reads nothing, as of files."""
    return "ref" if form in objects.registered() else KINDS.get(form)


def model_of(form: str) -> str:
    """The model a field of this type refers to ("app.Model"), or ""."""
    found = objects.registered().get(form)
    return found.model if found else PERSON_MODEL if form == "person" else ""


@dataclass(frozen=True, slots=True)
class When:
    """The condition under which something is asked, in normal form; `reads` are the answers and columns it looks at."""

    text: str
    node: tree.Node
    check: Check = field(compare=False, repr=False)
    reads: tuple[str, ...] = ()


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
    when: When | None = None  # asked only when it holds


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
