"""Older editions in force, and what is still filed under them."""

from dataclasses import dataclass

from django.db.models import Count

from gradus import policy
from gradus.flow.models import Declared
from gradus.flow.registry import machine
from gradus.flow.shapes import State
from gradus.policy.books import Book
from gradus.policy.ruleset import RuleSet
from gradus.rulebook.crossing.going import Going, of
from gradus.rulebook.editions import title_of
from gradus.rulebook.seeing.processes import key_of


@dataclass(frozen=True, slots=True)
class Older:
    """An edition that is not the newest of its kind, with how many things are in each of its states."""

    book: Book
    title: str
    states: tuple[tuple[State, int], ...]

    @property
    def key(self) -> str:
        return key_of(self.book)

    @property
    def going(self) -> Going | None:
        """How far a move of its things is."""
        return of(self.book.label, self.book.process)

    @property
    def count(self) -> int:
        return sum(count for _state, count in self.states)


def editions(rules: RuleSet | None = None, file: str = "") -> list[Older]:
    """All of them, or those of the kind whose newest edition is in this file. One query for each."""
    rules = rules or policy.active()
    older = [book for book in rules.books if rules.superseded(book)]
    found = [book for book in older if not file or rules.newest(book.model, book.kind).file == file]
    return [Older(book, title_of(book, rules), states_of(book)) for book in found]


def states_of(book: Book) -> tuple[tuple[State, int], ...]:
    """The states things are in, in the order of the book, and how many are."""
    if not issubclass(book.model, Declared):
        return ()
    rows = book.model._base_manager.filter(kind=book.process).order_by().values_list("state")
    counts = dict(rows.annotate(Count("pk")))
    order = list(book.definition.states) if book.definition else []
    ordered = sorted(counts, key=lambda name: order.index(name) if name in order else len(order))
    its = machine(book.model, book.process)
    return tuple((its.state(name), counts[name]) for name in ordered)
