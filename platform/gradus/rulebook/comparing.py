"""The matrix before and after: what every role needs for every right and transition, and every number."""

from collections.abc import Iterator
from dataclasses import dataclass

from gradus.policy.books import Book
from gradus.policy.matrix import Line, matrix
from gradus.policy.ruleset import RuleSet
from gradus.policy.values import Values

ABSENT = "-"


@dataclass(frozen=True, slots=True)
class Change:
    """One cell: `role` is a role, or what else a rule says (`forbid`, `from`, `to`).

    Of a named condition it is `if`; of a number `value`, `min` or `max`.
    """

    book: str
    rule: str
    role: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.book}: {self.rule}.{self.role}: {self.before} → {self.after}"


def changes(before: RuleSet, after: RuleSet) -> list[Change]:
    """Every cell that differs, book by book; a book that is new or gone differs in all of its cells.

    A new edition is compared with the one it follows; an older one that nothing needs any more may go.
    """
    old, new = _cells(before), _cells(after)
    for begun, origin in _begun(before, after):
        old |= {(begun, rule, role): said for (name, rule, role), said in old.items() if name == origin}
    dropped = {name_of(book) for book in before.books if before.superseded(book)} - {*map(name_of, after.books)}
    old = {cell: said for cell, said in old.items() if cell[0] not in dropped}
    keys = [*old, *(key for key in new if key not in old)]
    return [
        Change(*key, old.get(key, ABSENT), new.get(key, ABSENT))
        for key in keys
        if old.get(key, ABSENT) != new.get(key, ABSENT)
    ]


def _begun(before: RuleSet, after: RuleSet) -> Iterator[tuple[str, str]]:
    """The books that are new editions, and those they follow."""
    known = {(book.label, book.process) for book in before.books}
    kinds = {(book.label, book.kind) for book in before.books if book.kind}
    for book in after.books:
        if (book.label, book.process) not in known and (book.label, book.kind) in kinds:
            yield name_of(book), name_of(before.newest(book.model, book.kind))


def _cells(ruleset: RuleSet) -> dict[tuple[str, str, str], str]:
    found = {(name_of(book), *cell): said for book in ruleset.books for cell, said in _book(book)}
    numbers = {(book.name, *cell): said for book in ruleset.values.values() for cell, said in _numbers(book)}
    return {**found, **numbers}


def _book(book: Book) -> Iterator[tuple[tuple[str, str], str]]:
    for name, condition in book.conditions.items():
        yield (f"conditions.{name}", "if"), condition.text
    for line in matrix(book).lines:
        yield from (((line.name, role), said) for role, said in _said(line))


def _numbers(book: Values) -> Iterator[tuple[tuple[str, str], str]]:
    for name, value in book.values.items():
        yield (name, "value"), str(value)
        for bound, number in (("min", value.min), ("max", value.max)):
            if number is not None:
                yield (name, bound), str(number)


def name_of(book: Book) -> str:
    return f"{book.label}/{book.process}" if book.process else book.label


def _said(line: Line) -> Iterator[tuple[str, str]]:
    yield from line.cells.items()
    if line.forbid:
        yield "forbid", line.forbid
    if line.kind == "transition":
        yield "from", ", ".join(source or "the beginning" for source in line.sources)
        yield "to", line.target or "the same state"
