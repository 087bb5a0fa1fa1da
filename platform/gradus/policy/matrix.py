"""Who may do what: a book as a table of rules by roles."""

from dataclasses import dataclass
from typing import Any

from gradus.accounts.roles import Role
from gradus.policy.books import Book, Right, TransitionRule
from gradus.policy.ruleset import move_of
from gradus.policy.texts import said
from gradus.policy.values import Values


@dataclass(frozen=True, slots=True)
class Line:
    """One rule: the condition each role needs, and what beats them all."""

    name: str
    kind: str  # permission or transition
    cells: dict[str, str]
    forbid: str
    sources: tuple[str, ...] = ()
    target: str | None = None


@dataclass(frozen=True, slots=True)
class Matrix:
    file: str
    model: str
    process: str
    title: str
    roles: tuple[str, ...]
    lines: tuple[Line, ...]


def matrix(book: Book) -> Matrix:
    """The table of one book; roles that have no row anywhere are left out."""
    rules = book.rules.values()
    roles = tuple(role.value for role in Role if any(role in rule.rows for rule in rules))
    lines = tuple(_line(book, rule) for rule in rules)
    return Matrix(book.file, book.label, book.process, book.title, roles, lines)


def _line(book: Book, rule: Right) -> Line:
    cells = {role.value: row.text for role, row in rule.rows.items()}
    if not isinstance(rule, TransitionRule):
        return Line(rule.name, "permission", cells, rule.forbid_text)
    move = move_of(book, rule)
    sources = tuple(sorted(move.sources)) if move else ()
    return Line(rule.name, "transition", cells, rule.forbid_text, sources, move.target if move else None)


def as_text(table: Matrix) -> str:
    """The table for a terminal."""
    head = [table.title or table.model, *table.roles, "forbid"]
    rows = [
        [line.name, *(line.cells.get(role, "-") for role in table.roles), line.forbid or "-"] for line in table.lines
    ]
    return _in_columns([head, *rows])


def values_as_text(book: Values) -> str:
    """The numbers of a book for a terminal."""
    rows = [
        [value.name, str(value), *(_said(bound) for bound in (value.min, value.max)), said(value.title)]
        for value in book.values.values()
    ]
    return _in_columns([[said(book.title) or book.name, "value", "min", "max", ""], *rows])


def _said(bound: Any) -> str:
    return "-" if bound is None else str(bound)


def _in_columns(rows: list[list[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    ruler = ["─" * width for width in widths]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in [rows[0], ruler, *rows[1:]]
    )
