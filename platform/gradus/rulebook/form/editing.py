"""`edit(text, change)`: one change of a book, as a pure function of its text.

What comes out says exactly what the same change makes of plain data; where the text is written in a way that this
cannot be done to, it is refused and nothing is changed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from gradus.policy.errors import RuleError
from gradus.policy.source import Source, as_toml
from gradus.rulebook.form import plain
from gradus.rulebook.form.patching import Patch
from gradus.rulebook.form.plain import NoSuchPlace
from gradus.rulebook.form.renaming import followed
from gradus.rulebook.form.statements import Path


class Unreadable(RuleError):  # noqa: N818 - says what it is
    """The text is no TOML: there is a line and a reason."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


class WriteByHand(RuleError):  # noqa: N818 - says what to do
    """This part of the text is written in a way the form cannot change."""


@dataclass(frozen=True, slots=True)
class Put:
    """Write a value at a key; an entry is added the same way, and to a list at its length."""

    path: Path
    value: Any


@dataclass(frozen=True, slots=True)
class Drop:
    """Take out what is there."""

    path: Path


@dataclass(frozen=True, slots=True)
class Move:
    """One place up or down among its neighbours."""

    path: Path
    by: Literal[-1, 1]


@dataclass(frozen=True, slots=True)
class Rename:
    """Another name for a state, field, condition or transition; what mentions it follows."""

    path: Path
    name: str


Change = Put | Drop | Move | Rename


def read(text: str) -> dict[str, Any]:
    """What a text says, as plain data. Raises Unreadable."""
    source = Source("", text)
    said = source.data
    if source.problems:
        raise Unreadable(source.problems[0].line, source.problems[0].text)
    return said


def apply(data: dict[str, Any], change: Change) -> dict[str, Any]:
    """The change to plain data. Raises NoSuchPlace."""
    match change:
        case Put(path, value):
            return plain.put(_long(data, path), path, value)  # type: ignore[no-any-return]
        case Drop(path):
            return plain.drop(data, path)  # type: ignore[no-any-return]
        case Move(path, by):
            return plain.moved(data, path, by)  # type: ignore[no-any-return]
        case Rename(path, name):
            if name == path[-1]:
                return data
            return followed(plain.called(data, path, name), path, name)


def edit(text: str, change: Change) -> str:
    """The text after the change. Raises Unreadable, NoSuchPlace or WriteByHand."""
    lines = text.replace("\r\n", "\n")
    data = read(lines)
    wanted = apply(data, change)
    if wanted == data and order(wanted) == order(data):
        return lines
    patch = Patch(as_toml(lines))
    try:
        _patched(patch, data, wanted, change)
        found = patch.data
    except NoSuchPlace:
        raise
    except (LookupError, TypeError, ValueError, AttributeError, StopIteration) as error:
        raise WriteByHand(str(error)) from error
    if plain.pruned(found) != plain.pruned(wanted) or order(found) != order(wanted):
        raise WriteByHand(".".join(map(str, change.path)))
    return str(patch)


def order(data: dict[str, Any]) -> list[list[str]]:
    """The names of everything whose order people see."""
    process = data.get("process")
    tables = [process.get(key) for key in ("fields", "states")] if isinstance(process, dict) else []
    tables += [data.get(key) for key in ("conditions", "permissions", "transitions", "values")]
    return [list(each) if isinstance(each, dict) else [] for each in tables]


def _patched(patch: Patch, data: dict[str, Any], wanted: dict[str, Any], change: Change) -> None:
    match change:
        case Put(path, value):
            for place, longer in _longer(data, path):
                patch.put(place, longer)
            patch.put(path, value)
        case Drop(path):
            patch.drop(path)
        case Move(path, by):
            patch.move(path, _neighbour(data, path, by))
        case Rename(path, name):
            patch.call(path, name)
            for place, value in _differences(plain.called(data, path, name), wanted):
                patch.put(place, value)


def _neighbour(data: Any, path: Path, by: int) -> Path:
    whole = plain.at(data, path[:-1])
    if isinstance(whole, list):
        return (*path[:-1], path[-1] + by)  # type: ignore[operator]
    names = list(whole)
    return (*path[:-1], names[names.index(path[-1]) + by])


def _longer(data: Any, path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Where a bare text stands for a table that is to get another key: the place, and the table."""
    for length in range(1, len(path)):
        place = path[:length]
        found, key = plain.at(data, place), plain.short_for(place)
        if isinstance(found, str) and key:
            yield place, {key: found}


def _long(data: dict[str, Any], path: Path) -> dict[str, Any]:
    for place, table in _longer(data, path):
        data = plain.put(data, place, table)
    return data


def _differences(before: Any, after: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value that differs between two data of the same shape."""
    if isinstance(before, dict) and isinstance(after, dict) and before.keys() == after.keys():
        for key, value in before.items():
            yield from _differences(value, after[key], (*path, key))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        if all(isinstance(each, dict) for each in before):
            for index, value in enumerate(before):
                yield from _differences(value, after[index], (*path, index))
        elif before != after:
            yield path, after
    elif before != after:
        yield path, after
