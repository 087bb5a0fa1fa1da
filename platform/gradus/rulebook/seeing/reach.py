"""How many objects somebody may do something to now, and a few of them, over tables of any size.

The kinds of a model mostly ask the same, so they are asked together first: where few objects are found, that one
question has counted every kind, also those that have none, which is what takes longest to find out.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import models

from gradus import policy
from gradus.flow.models import Declared, Stateful
from gradus.flow.queues import CAP, Rows
from gradus.flow.verdicts import VIEW
from gradus.policy.books import Book
from gradus.policy.sql import ALL, NONE, Filter, join
from gradus.rulebook.seeing import processes
from gradus.rulebook.seeing.asked import Asked

EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Found:
    """`number` is one above the cap where there are more; then `keys` are some of them, otherwise all."""

    number: int
    keys: tuple[Any, ...]
    rows: Rows

    @property
    def few(self) -> bool:
        return self.number <= CAP


class Reach:
    """What one person may reach, asked rule by rule and remembered over the kinds of a model."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self._together: dict[tuple[type[models.Model], str], dict[str, list[Any]] | None] = {}

    def of(self, book: Book, name: str) -> Found | None:
        """None where the rule holds for nothing, whatever there is."""
        condition = self._condition(book.model, name, [book.process])
        if condition is NONE:
            return None
        rows = Rows(condition)
        together = self._of_all_kinds(book.model, name)
        keys = rows_of(book.model, rows) if together is None else together[book.process]
        return Found(len(keys), tuple(keys), rows)

    def _of_all_kinds(self, model: type[models.Model], name: str) -> dict[str, list[Any]] | None:
        """The keys by kind; None where there are too many to count the kinds together."""
        if (model, name) not in self._together:
            self._together[model, name] = self._counted(model, name)
        return self._together[model, name]

    def _counted(self, model: type[models.Model], name: str) -> dict[str, list[Any]] | None:
        kinds = [each.process for each in policy.active().of(model).values() if name in each.rules]
        if not issubclass(model, Declared) or len(kinds) < 2:
            return None
        rows = Rows(self._condition(model, name, kinds))
        found = rows.keys(model._default_manager.all(), CAP + 1, "kind", "pk") if rows.parted else []
        if not rows.parted or len(found) > CAP:
            return None
        keys: dict[str, list[Any]] = defaultdict(list)
        for kind, key in found:
            keys[kind].append(key)
        return keys

    def _condition(self, model: type[models.Model], name: str, kinds: Collection[str]) -> Filter:
        return policy.condition(model, name, self.asked.actor, now=self.asked.now, processes=kinds)

    def examples(self, book: Book, found: Found) -> list[models.Model]:
        """A few that the one who looks may view."""
        rows, view = processes.named(book.model._default_manager.order_by()), self._view(book)
        if found.few:
            return list(Rows(view).among(rows).filter(pk__in=found.keys)[:EXAMPLES])
        if view is ALL:
            return list(rows.filter(pk__in=found.keys[:EXAMPLES]))
        return list(Rows(join([found.rows.condition, view], every=True)).page(rows, 0, EXAMPLES))

    def _view(self, book: Book) -> Filter:
        """What the one who looks may view, as a condition."""
        if not any(VIEW in other.permissions for other in policy.active().of(book.model).values()):
            return ALL
        return policy.condition(book.model, VIEW, self.asked.viewer, now=self.asked.now, processes=[book.process])


def rows_of(model: type[models.Model], rows: Rows) -> list[Any]:
    """Keys up to one above the cap, branch by branch where a state parts them."""
    every: models.QuerySet[Any] = model._default_manager.order_by()
    if issubclass(model, Stateful):
        return rows.keys(every, CAP + 1)
    return list(rows.among(every).values_list("pk", flat=True)[: CAP + 1])
