"""The cells of the matrix that two sets of books fill with different meaning, and what is to be asked for each."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from operator import attrgetter
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.lookups import In

from gradus.accounts.models import User
from gradus.accounts.roles import Role
from gradus.policy import machines, tree
from gradus.policy.books import Book, Right, TransitionRule
from gradus.policy.machines import ANY
from gradus.policy.normal import NEVER, normalise
from gradus.policy.ruleset import RuleSet, move_of
from gradus.policy.sql import expression
from gradus.rulebook.comparing import name_of
from gradus.rulebook.holders import Holders
from gradus.rulebook.supposing import (
    Asked,
    Named,
    Somebody,
    Stranger,
    Who,
    compared,
    depends_on_person,
    plain,
    suppose,
)

BEGINNING = frozenset({""})
NEWEST = 25  # rows that name people to ask


@dataclass(frozen=True, slots=True)
class Key:
    model: type[models.Model]
    process: str
    book: str
    rule: str
    role: Role


@dataclass(frozen=True, slots=True)
class Side:
    """A cell by one of two sets: the states it starts from (None: it is no transition), and its condition."""

    sources: frozenset[str] | None
    whole: tree.Node


NOTHING = Side(frozenset(), NEVER)


def changed(before: RuleSet, after: RuleSet) -> Iterator[tuple[Key, Side, Side]]:
    """Every cell whose meaning differs, without those that only create."""
    old, new = dict(sides_of(before)), dict(sides_of(after))
    for key in [*old, *(key for key in new if key not in old)]:
        one, two = old.get(key, NOTHING), new.get(key, NOTHING)
        if one != two and not (_creates(one) and _creates(two)):
            yield key, one, two


def _creates(side: Side) -> bool:
    return side.sources is not None and side.sources <= BEGINNING


def sides_of(ruleset: RuleSet) -> Iterator[tuple[Key, Side]]:
    """Every cell of every book."""
    for book in ruleset.books:
        for name, rule in book.rules.items():
            for role, row in rule.rows.items():
                key = Key(book.model, book.process, name_of(book), name, role)
                yield key, Side(_sources(book, rule), plain(row.whole))


def _sources(book: Book, rule: Right) -> frozenset[str] | None:
    if not isinstance(rule, TransitionRule):
        return None
    move = move_of(book, rule)
    return move.sources if move else frozenset()


@dataclass(frozen=True, slots=True)
class Case:
    """What is asked for one supposed person: of which rows they gain or lose the right."""

    who: Who
    gained: tree.Node
    lost: tree.Node


class Cell:
    """A changed cell, and the cases that together are every holder of its role."""

    def __init__(self, key: Key, old: Side, new: Side, holders: Holders, now: datetime) -> None:
        self.key, self.old, self.new, self.holders = key, old, new, holders
        self.columns = sorted(compared(old.whole) | compared(new.whole), key=attrgetter("name"))
        few = holders.count <= len(self.columns)  # a row might name them all, so there may be no stranger
        self.one_by_one = few or depends_on_person(old.whole) or depends_on_person(new.whole)
        self.cases = [self._case(who, now) for who in self._people()]

    @property
    def asked(self) -> int:
        return len(self.sample) if self.one_by_one else self.holders.count

    @cached_property
    def sample(self) -> list[User]:
        """Where only some can be asked, also people whom the newest rows name: they have something to gain or lose."""
        if not self.holders.too_many:
            return self.holders.sample()
        newest = self.key.model._base_manager.filter(**_rows(self.key)).order_by("-pk")
        each = [
            newest.annotate(whom=expression(column)).filter(whom__in=self.holders.keys).values_list("whom", flat=True)
            for column in self.columns
        ]
        return self.holders.sample([int(whom) for found in each for whom in found[:NEWEST]])

    def _people(self) -> Iterator[Who]:
        if self.holders.nobody:
            yield Somebody()
        if self.one_by_one:
            yield from map(Somebody, self.sample)
        else:
            yield from map(Named, self.columns)
            yield Stranger()

    def _case(self, who: Who, now: datetime) -> Case:
        whom = [_among(who.field, self.holders)] if isinstance(who, Named) else []
        old, new = (_may(self.key, side, suppose(side.whole, who, now)) for side in (self.old, self.new))
        return Case(
            who,
            gained=normalise(tree.And((*whom, new, tree.Not(old)))),
            lost=normalise(tree.And((*whom, old, tree.Not(new)))),
        )

    def person(self, who: Who, named: dict[tree.Field, Any]) -> int | None:
        """Who it is for a row, given whom its columns name."""
        if isinstance(who, Somebody):
            return who.uid
        if isinstance(who, Named):
            return int(named[who.field])
        return self.holders.other_than({int(named[column]) for column in self.columns if named[column] is not None})


def _among(column: tree.Field, holders: Holders) -> tree.Node:
    people = In(expression(column), holders.keys) if column.answer else (f"{column.lookup}__in", holders.keys)
    return Asked(Q(people))  # type: ignore[return-value]


def _may(key: Key, side: Side, whole: tree.Node) -> tree.Node:
    return tree.And((*_of_process(key), *_in_state(key, side), whole))


def _rows(key: Key) -> dict[str, str]:
    machine = machines.for_model(key.model)
    return {machine.kind_field: key.process} if machine and machine.kind_field else {}


def _of_process(key: Key) -> list[tree.Node]:
    return [tree.OneOf(_text(column), (process,)) for column, process in _rows(key).items()]


def _in_state(key: Key, side: Side) -> list[tree.Node]:
    if side.sources is None or {"", ANY} <= side.sources:
        return []
    machine = machines.for_model(key.model)
    state = _text(machine.state_field if machine else "state")
    if ANY in side.sources:
        return [tree.OneOf(state, ("",), negated=True)]
    return [tree.OneOf(state, tuple(sorted(side.sources)))]


def _text(column: str) -> tree.Field:
    return tree.Field(column, "text", "", attrgetter(column), column, nullable=False)
