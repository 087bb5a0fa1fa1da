"""What two sets of books say differently: every key of the language, from a row of the matrix to a text."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gradus.policy.books import Book
from gradus.policy.ruleset import RuleSet
from gradus.rulebook import meaning
from gradus.rulebook.form.writing import value_text
from gradus.rulebook.meaning import Order, Path

ABSENT = "-"
IN_FRONT = ("permissions", "transitions", "values")  # names in these stand for themselves
Cells = dict[tuple[str, Path], Any]


@dataclass(frozen=True, slots=True)
class Change:
    """One cell. `rule` is the right, the transition or the place in the book; `role` the role or key that stands there.

    `section` is the part of the book; of a book of numbers it is `values`.
    """

    book: str
    section: str
    rule: str
    role: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.book}: {'.'.join(filter(None, (self.rule, self.role)))}: {self.before} → {self.after}"


def changes(before: RuleSet, after: RuleSet) -> list[Change]:
    """Every cell that differs, book by book; a book that is new or gone differs in all of its cells.

    A new edition is compared with the one it follows; an older one that nothing needs any more may go.
    """
    old, new = _cells(before), _cells(after)
    for begun, origin in new_editions(before, after):
        old |= {(begun, path): said for (name, path), said in old.items() if name == origin}
    dropped = {name_of(book) for book in before.books if before.superseded(book)} - {*map(name_of, after.books)}
    old = {cell: said for cell, said in old.items() if cell[0] not in dropped}
    keys = [*old, *(key for key in new if key not in old)]
    return [_change(*key, old.get(key), new.get(key)) for key in _by_book(keys) if _differs(old.get(key), new.get(key))]


def _by_book(keys: Iterable[tuple[str, Path]]) -> Iterator[tuple[str, Path]]:
    """What is new in a book stands with the rest of it."""
    found: dict[str, list[tuple[str, Path]]] = {}
    for key in keys:
        found.setdefault(key[0], []).append(key)
    return (key for each in found.values() for key in each)


def _differs(old: Any, new: Any) -> bool:
    if isinstance(old, Order | None) and isinstance(new, Order | None):
        return old is not None and new is not None and not old.same(new)
    return type(old) is not type(new) or old != new


def _change(book: str, path: Path, old: Any, new: Any) -> Change:
    before, after = _written(old), _written(new)
    if path[-1] != "default" and {type(old), type(new)} == {bool, type(None)}:  # what is left out is the other
        before, after = (_written(not new), after) if old is None else (before, _written(not old))
    if before == after:  # a number and the text of it
        before, after = value_text(old), value_text(new)
    *place, key = path[1:] if path[0] in IN_FRONT and len(path) > 1 else path
    return Change(book, path[0], ".".join(place), key, before, after)


def _written(value: Any) -> str:
    """On one line, and never mistaken for another: a text that looks like something else is in quotes."""
    if value is None:
        return ABSENT
    if isinstance(value, str):
        odd = value in {"", ABSENT} or value != value.strip() or value[0] == '"' or not value.isprintable()
        return json.dumps(value, ensure_ascii=False) if odd else value
    if isinstance(value, frozenset | Order):
        return ", ".join(value if isinstance(value, Order) else sorted(value))
    return value_text(value)


def new_editions(before: RuleSet, after: RuleSet) -> Iterator[tuple[str, str]]:
    """The books that are new editions, and those they follow."""
    known = {(book.label, book.process) for book in before.books}
    kinds = {(book.label, book.kind) for book in before.books if book.kind}
    for book in after.books:
        if (book.label, book.process) not in known and (book.label, book.kind) in kinds:
            yield name_of(book), name_of(before.newest(book.model, book.kind))


def _cells(ruleset: RuleSet) -> Cells:
    found: Mapping[str, Iterator[meaning.Cell]] = {
        **{name_of(book): meaning.of_book(book) for book in ruleset.books},
        **{book.name: meaning.of_numbers(book) for book in ruleset.values.values()},
    }
    return {(name, path): said for name, cells in found.items() for path, said in cells}


def name_of(book: Book) -> str:
    return f"{book.label}/{book.process}" if book.process else book.label
