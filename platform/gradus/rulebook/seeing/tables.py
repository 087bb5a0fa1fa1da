"""The matrix of a book in people's words: who may do what, what forbids it, what limits it, what follows."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gradus.accounts.roles import Role
from gradus.policy.books import Book, Right, TransitionRule
from gradus.policy.process import Limit, Rolling
from gradus.policy.ruleset import move_of
from gradus.policy.stating import stated
from gradus.policy.texts import said
from gradus.policy.words import span_text, state_label
from gradus.rulebook.seeing import processes
from gradus.rulebook.seeing.doing import Deed, deed


@dataclass(frozen=True, slots=True)
class Words:
    """A condition as people read it, and the text of the rule behind it; both empty where there is no row."""

    said: str = ""
    text: str = ""

    @property
    def always(self) -> bool:
        return self.text == "always"


@dataclass(frozen=True, slots=True)
class Row:
    """A right or a transition: one cell for each role of the table."""

    name: str
    label: str
    way: str  # from which states to which
    cells: tuple[tuple[str, Words], ...]
    forbid: Words
    limits: tuple[str, ...] = ()
    effects: tuple[Deed, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """A named condition: what is said when it holds and when it does not, and what it stands for."""

    name: str
    yes: str
    no: str
    text: str


@dataclass(frozen=True, slots=True)
class Table:
    roles: tuple[str, ...]
    rights: tuple[Row, ...]
    transitions: tuple[Row, ...]
    named: tuple[Named, ...]


def table_of(book: Book) -> Table:
    roles = [role for role in Role if any(role in rule.rows for rule in book.rules.values())]
    return Table(
        roles=tuple(role.label for role in roles),
        rights=tuple(_row(book, rule, roles) for rule in book.permissions.values()),
        transitions=tuple(_row(book, rule, roles) for rule in book.transitions.values()),
        named=tuple(
            Named(name, said(found.yes) or stated(found.node), said(found.no), found.text)
            for name, found in book.conditions.items()
        ),
    )


def row_words(rule: Right, role: Role) -> Words:
    row = rule.rows.get(role)
    return Words(stated(row.node), row.text) if row else Words()


def _row(book: Book, rule: Right, roles: list[Role]) -> Row:
    return Row(
        name=rule.name,
        label=processes.label_of(book, rule),
        way=way_of(book, rule),
        cells=tuple((role.label, row_words(rule, role)) for role in roles),
        forbid=Words(stated(rule.forbid), rule.forbid_text) if rule.forbid else Words(),
        limits=tuple(limit_text(book, limit) for limit in book.limits if limit.on == rule.name),
        effects=tuple(_effects(book, rule)),
    )


def way_of(book: Book, rule: Right) -> str:
    """“Submitted, In review → Approved”; nothing for a right."""
    move = move_of(book, rule)
    if move is None:
        return ""
    sources = [state for state in ["", *processes.states_of(book)] if move.starts_in(state)]
    come = ", ".join(state_label(book, state) if state else _("the beginning") for state in sources)
    went = state_label(book, move.target) if move.target else _("stays as it is")
    return f"{come} → {went}"


def limit_text(book: Book, limit: Limit) -> str:
    """What the limit says, and its numbers."""
    counted = book.transitions.get(limit.count)
    words = {
        "allow": limit.allow,
        "what": processes.label_of(book, counted) if counted else limit.count,
        "period": _period(limit),
    }
    numbers = ngettext("“%(what)s”: once %(period)s", "“%(what)s”: %(allow)s times %(period)s", limit.allow) % words
    return f"{said(limit.say)} ({numbers})" if limit.say else numbers


def _period(limit: Limit) -> str:
    if isinstance(limit.per, Rolling):
        return _("in %(span)s") % {"span": span_text(limit.per.span)}
    calendar = {
        "day": _("in a calendar day"),
        "week": _("in a calendar week"),
        "month": _("in a calendar month"),
        "quarter": _("in a quarter"),
        "year": _("in a calendar year"),
    }
    return calendar[limit.per.unit]


def _effects(book: Book, rule: Right) -> Iterator[Deed]:
    for call in rule.then if isinstance(rule, TransitionRule) else ():
        yield deed(book, call)
