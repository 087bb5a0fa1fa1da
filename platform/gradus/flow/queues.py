"""What waits for somebody, over tables of any size.

Whoever decides may do several things in several states, so the condition of a queue is an OR, and no index holds its
rows in order. Taken apart, each of its branches fixes a state (and often a person) and is one stretch of an index:
a page is the first rows of each branch, merged. A count stops at its cap in each branch as well.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, reduce
from itertools import product
from operator import and_
from typing import Any, TypeVar

from django.db import connections, models
from django.db.models import Q

from gradus import policy
from gradus.flow.models import Declared, Stateful
from gradus.flow.registry import machines
from gradus.policy.sql import ALL, Filter, join

S = TypeVar("S", bound=Stateful)
Branch = frozenset[Any]  # conditions that all hold: pairs of lookup and value, expressions, negated Qs
MOST = 24  # a condition with more branches than this is asked as it is
PARTED = {"state__in": "state", "kind__in": "kind"}
JOINED = "kind"
CAP = 99  # what a badge has room for


@dataclass(frozen=True)
class Rows:
    """The rows of a model on which one person may do something, as a condition and as its branches."""

    condition: Filter

    @classmethod
    def of(cls, model: type[Stateful], name: str | None, who: Any) -> "Rows":
        """Those on which this person may do that now (a right or a transition); without a name, what waits for them."""
        if name is not None:
            return cls(policy.condition(model, name, who))
        waiting = waiting_moves(model).items()
        return cls(join([policy.condition(model, each, who, processes=kinds) for each, kinds in waiting], every=False))

    def among(self, queryset: models.QuerySet[S]) -> models.QuerySet[S]:
        if self.condition is ALL:
            return queryset
        return queryset.filter(self.condition) if isinstance(self.condition, Q) else queryset.none()

    def page(self, queryset: models.QuerySet[S], start: int, stop: int) -> models.QuerySet[S]:
        """Rows `start` to `stop` of these, in the order of the queryset."""
        first = self._first(queryset, stop)
        return (self.among(queryset) if first is None else queryset.filter(pk__in=first))[start:stop]

    def count(self, queryset: models.QuerySet[S], cap: int) -> int:
        """How many there are, counted no further than the cap."""
        first = self._first(queryset.order_by("state_since", "pk"), cap)
        found = self.among(queryset).order_by().values("pk") if first is None else first
        return int(found[:cap].count())

    def keys(self, queryset: models.QuerySet[S], most: int, *columns: str) -> list[Any]:
        """The keys of so many at most, or these columns; which ones, where there are more, is not said."""
        first = self._first(queryset.order_by("state_since", "pk"), most)
        found = self.among(queryset) if first is None else queryset.filter(pk__in=first)
        return list(found.order_by().values_list(*(columns or ["pk"]), flat=len(columns) < 2)[:most])

    @property
    def parted(self) -> bool:
        """Whether it is asked branch by branch, as far as the database can: its cost does not grow with the table."""
        return len(self.branches) <= MOST

    @cached_property
    def branches(self) -> list[Q]:
        return branches(self.condition) if isinstance(self.condition, Q) else []

    def _first(self, queryset: models.QuerySet[S], number: int) -> models.QuerySet[S, dict[str, Any]] | None:
        """The keys of the first rows of each branch; None where one question is as good, or all there is."""
        splits = connections[queryset.db].features.supports_slicing_ordering_in_compound
        if not splits or not 1 < len(self.branches) <= MOST:
            return None
        first, *others = (queryset.filter(branch).values("pk")[:number] for branch in self.branches)
        return first.union(*others)


def queue(model: type[S], name: str | None, who: Any) -> models.QuerySet[S]:
    """The objects on which this person may do that now; without a name, those that wait for them."""
    return Rows.of(model, name, who).among(model._default_manager.all())


def still_open(model: type[Stateful]) -> Q:
    """In a state something leads out of, each kind and edition by its own; also in one no book knows any more."""
    kinds = defaultdict(list)
    for its in machines(model):
        kinds[tuple(sorted(its.closed()))].append(its.process)
    found = Q()
    for states, processes in kinds.items():
        if states:
            kind = {"kind__in": sorted(processes)} if issubclass(model, Declared) else {}
            found &= ~Q(state__in=states, **kind)
    return found


def capped_count(queryset: models.QuerySet[Any], cap: int = CAP) -> str:
    """How many, up to a cap: "7" or "99+"."""
    return in_words(queryset.order_by()[: cap + 1].count(), cap)


def waiting_count(model: type[Stateful], who: Any, cap: int = CAP) -> str:
    """How many wait for this person, up to a cap. Its cost does not grow with the table."""
    return in_words(Rows.of(model, None, who).count(model._default_manager.all(), cap + 1), cap)


def in_words(found: int, cap: int = CAP) -> str:
    return f"{cap}+" if found > cap else str(found)


def waiting_moves(model: type[Stateful]) -> dict[str, list[str]]:
    """The transitions of existing objects that things wait for, and in which kinds they do."""
    found: dict[str, list[str]] = {}
    for its in machines(model):
        for move in its.moves.values():
            if move.waiting and not move.only_creates:
                found.setdefault(move.name, []).append(its.process)
    return found


def branches(condition: Q) -> list[Q]:
    """The condition as an OR of ANDs, each in one state; what another branch holds anyway is left out."""
    found = _without_implied(_parted(condition))
    return [_joined(branch, kinds) for branch, kinds in _by_kind(found).items()]


def _parted(node: Any) -> list[Branch]:
    """Disjunctive normal form; what is negated stays whole."""
    if not isinstance(node, Q):
        return _choices(node)
    if node.negated:
        return [frozenset([node])]
    parts = [_parted(child) for child in node.children]
    if node.connector == Q.OR:
        return [branch for part in parts for branch in part]
    return [frozenset().union(*chosen) for chosen in product(*parts)]


def _choices(leaf: Any) -> list[Branch]:
    if isinstance(leaf, tuple) and leaf[0] in PARTED:
        return [frozenset([(PARTED[leaf[0]], value)]) for value in leaf[1]]
    if isinstance(leaf, tuple) and isinstance(leaf[1], list):
        leaf = (leaf[0], tuple(leaf[1]))
    return [frozenset([leaf])]


def _without_implied(found: Iterable[Branch]) -> list[Branch]:
    kept: list[Branch] = []
    for branch in sorted(set(found), key=len):
        if not any(other <= branch for other in kept):
            kept.append(branch)
    return kept


def _by_kind(found: Iterable[Branch]) -> dict[Branch, list[str]]:
    """Branches that differ in their kind alone, together."""
    together: dict[Branch, list[str]] = {}
    for branch in found:
        kinds = [atom[1] for atom in branch if isinstance(atom, tuple) and atom[0] == JOINED]
        rest = frozenset(atom for atom in branch if not (isinstance(atom, tuple) and atom[0] == JOINED))
        together.setdefault(rest, []).extend(kinds)
    return together


def _joined(branch: Branch, kinds: list[str]) -> Q:
    atoms = [Q(atom) for atom in sorted(branch, key=repr)]
    if kinds:
        atoms.append(Q(kind__in=sorted(kinds)))
    return reduce(and_, atoms)
