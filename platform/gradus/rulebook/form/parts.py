"""What the form of a book consists of: inputs, entries that hold them, sections that hold entries. Plain data."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from gradus.rulebook.form.statements import Path

_ODD = re.compile(r"[^A-Za-z0-9_-]")


def place_id(path: Path) -> str:
    """An id for the element that stands for this place of a book."""
    return "rf-" + "-".join(_ODD.sub(lambda found: f".{ord(found[0]):x}", str(key)) for key in path)


def key_of(path: Path) -> str:
    """The place as mistakes name it: lists are counted from 1 there."""
    return ".".join(str(key + 1) if isinstance(key, int) else key for key in path)


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    chosen: bool = False


@dataclass(slots=True)
class Place:
    """Something of the form that stands for a place of the book."""

    path: Path
    label: str

    @property
    def id(self) -> str:
        return place_id(self.path)

    @property
    def key(self) -> str:
        return key_of(self.path)

    @property
    def json(self) -> str:
        return json.dumps(self.path)


@dataclass(slots=True)
class Input(Place):
    """One thing to fill in. `form` names the way it is drawn, `reads` how what is sent becomes a value."""

    form: str = "text"
    value: Any = ""
    reads: str = ""
    help: str = ""
    options: tuple[Option, ...] = ()
    parts: tuple["Part", ...] = ()
    placeholder: str = ""
    suggests: str = ""  # the list of words that are offered
    short: bool = False
    also: tuple[str, ...] = ()  # whole other keys whose mistakes belong here
    problems: list[str] = field(default_factory=list)

    @property
    def way(self) -> str:
        return self.reads or {"long": "text", "select": "text", "condition": "text", "checks": "texts"}.get(
            self.form, self.form
        )

    @property
    def id(self) -> str:
        """An input may stand for the very place of its entry: its name, or when it happens."""
        own = "-name" if self.form == "name" else "-when" if self.reads == "trigger" else ""
        return place_id(self.path) + own

    @property
    def keys(self) -> tuple[str, ...]:
        return self.also if self.reads == "trigger" else (self.key, *self.also)

    @property
    def described(self) -> str:
        """For aria-describedby: the help and the mistakes."""
        return " ".join(f"{self.id}-{part}" for part, there in (("help", self.help), ("wrong", self.problems)) if there)


@dataclass(frozen=True, slots=True)
class Part:
    """One control of several that are one value together, with the words before it."""

    name: str
    label: str
    before: str = ""
    value: str = ""
    options: tuple[Option, ...] = ()
    number: bool = False
    time: bool = False


@dataclass(frozen=True, slots=True)
class Add:
    """A button that adds something to a list or table; with choices, there is something to choose before."""

    path: Path
    what: str
    label: str
    options: tuple[Option, ...] = ()

    @property
    def json(self) -> str:
        return json.dumps(self.path)

    @property
    def id(self) -> str:
        return f"{place_id(self.path)}-add"


@dataclass(slots=True)
class Group:
    """A part of an entry with a heading: who may do it, what it asks, what follows."""

    name: str
    label: str
    inputs: list[Input] = field(default_factory=list)
    entries: list["Entry"] = field(default_factory=list)
    add: Add | None = None
    help: str = ""
    folded: bool = False
    rows: bool = False  # label and control beside each other

    @property
    def wrong(self) -> bool:
        return any(each.problems for each in self.inputs) or any(entry.wrong for entry in self.entries)


@dataclass(slots=True)
class Entry(Place):
    """One field, state, transition, … with its inputs."""

    note: str = ""
    tone: str = ""
    way: str = ""
    inputs: list[Input] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    more: list[Input] = field(default_factory=list)
    folds: bool = True
    first: bool = False
    last: bool = False
    moves: bool = True
    removes: bool = True
    problems: list[str] = field(default_factory=list)

    @property
    def all_inputs(self) -> Iterator[Input]:
        yield from self.inputs
        yield from self.more
        for group in self.groups:
            yield from group.inputs
            for entry in group.entries:
                yield from entry.all_inputs

    @property
    def more_is_wrong(self) -> bool:
        return any(each.problems for each in self.more)

    @property
    def wrong(self) -> bool:
        here = bool(self.problems) or self.more_is_wrong or any(each.problems for each in self.inputs)
        return here or any(group.wrong for group in self.groups)


@dataclass(slots=True)
class Section:
    """One heading of the form. `keys` are the parts of a book whose mistakes belong here."""

    name: str
    label: str
    help: str = ""
    inputs: list[Input] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    add: Add | None = None
    keys: tuple[str, ...] = ()
    folded: bool = False
    problems: list[str] = field(default_factory=list)
    nothing: str = ""

    @property
    def id(self) -> str:
        return f"rf-section-{self.name}"

    @property
    def wrong(self) -> bool:
        here = bool(self.problems) or any(each.problems for each in self.inputs)
        return here or any(entry.wrong for entry in self.entries)

    @property
    def count(self) -> int | None:
        return len(self.entries) if self.add or self.entries or self.nothing else None


def numbered(entries: list[Entry]) -> list[Entry]:
    """Entries that know whether they stand first or last."""
    for entry in entries:
        entry.first, entry.last = entry is entries[0], entry is entries[-1]
    return entries
