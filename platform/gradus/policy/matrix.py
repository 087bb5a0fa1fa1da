"""Who may do what: a book as a table of rules by roles."""

from dataclasses import dataclass

from gradus.accounts.roles import Role
from gradus.policy.books import Book, Right, TransitionRule
from gradus.policy.ruleset import move_of


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
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    ruler = ["─" * width for width in widths]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in [head, ruler, *rows]
    )
