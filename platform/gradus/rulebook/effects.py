"""Rows gained and lost: which objects somebody may do something to after a change of rules, and could not before.

An object is gained by a role when some active holder of it may do after the change what that person may not do before
it; it can be gained by one and lost by another. Everything is counted on the live rows, one pass for each model.

Conditions that compare people with columns are counted exactly (see `supposing`). What depends on a person in another
way, by a fact, a term or a to-many field, is asked for each holder, for `holders.SAMPLE` of them at most: the numbers
are then what these few gain and lose, so at least that many, and `estimated` says so. Rights to create (a transition
that starts before the beginning) are about proposed values, not about rows, and are left out.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from gradus.accounts.roles import Role
from gradus.policy import machines, tree
from gradus.policy.ruleset import RuleSet
from gradus.policy.sql import expression
from gradus.rulebook.cells import Case, Cell, changed
from gradus.rulebook.holders import Holders
from gradus.rulebook.tally import Tally

EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Example:
    """The key of an object, and of a person who gains or loses it; None is somebody without an account."""

    key: Any
    person: int | None

    def __str__(self) -> str:
        return f"{self.key} (person {self.person})" if self.person else f"{self.key}"


@dataclass(slots=True)
class Effect:
    """What one changed cell does: how many objects some holder of the role gains, and how many some holder loses.

    `holders` people have the role and `asked` of them were asked. The platform is no person, and a guest may be none.
    """

    book: str
    model: str  # the label of what it is about, as "requests.Request"
    rule: str
    role: Role
    holders: int
    asked: int
    gained: int = 0
    lost: int = 0
    examples_gained: list[Example] = field(default_factory=list)
    examples_lost: list[Example] = field(default_factory=list)

    @property
    def estimated(self) -> bool:
        """Whether only some holders were asked: the others may gain and lose more."""
        return self.asked < self.holders

    def __str__(self) -> str:
        said = f"{self.book}: {self.rule}.{self.role}: {self.gained} gained, {self.lost} lost"
        return f"{said} (asked for {self.asked} of {self.holders} people)" if self.estimated else said


def effects(before: RuleSet, after: RuleSet, *, now: datetime | None = None) -> list[Effect]:
    """One for each rule and role whose meaning differs, in the order of the books."""
    now = now or timezone.now()
    holders = {role: Holders(role) for role in Role}
    cells = [Cell(key, old, new, holders[key.role], now) for key, old, new in changed(before, after)]
    found = {cell.key: _effect(cell) for cell in cells}
    for model in dict.fromkeys(cell.key.model for cell in cells):
        _count(model, [(cell, found[cell.key]) for cell in cells if cell.key.model is model], now)
    return list(found.values())


def _effect(cell: Cell) -> Effect:
    key = cell.key
    return Effect(key.book, key.model._meta.label, key.rule, key.role, cell.holders.count, cell.asked)


def _count(model: type[models.Model], found: list[tuple[Cell, Effect]], now: datetime) -> None:
    tally = _tally(model, [cell for cell, _effect in found], now)
    examples = _Examples(model)
    for cell, effect in found:
        gained = [(case, tally.where(case.gained)) for case in cell.cases]
        lost = [(case, tally.where(case.lost)) for case in cell.cases]
        effect.gained, effect.lost = _size(tally, gained), _size(tally, lost)
        examples.want(cell, effect.examples_gained, tally, gained)
        examples.want(cell, effect.examples_lost, tally, lost)
    examples.fetch()


def _size(tally: Tally, found: list[tuple[Case, int]]) -> int:
    everywhere = 0
    for _case, groups in found:
        everywhere |= groups
    return tally.size(everywhere)


def _tally(model: type[models.Model], cells: list[Cell], now: datetime) -> Tally:
    """Counted over the rows that any of the cells is about."""
    machine, keys, rows = machines.for_model(model), [], Q()
    if machine and machine.kind_field:
        keys.append(machine.kind_field)
        rows &= Q(**{f"{machine.kind_field}__in": sorted({cell.key.process for cell in cells})})
    if any(side.sources is not None for cell in cells for side in (cell.old, cell.new)):
        keys.append(machine.state_field if machine else "state")
    tally = Tally(model, now, keys, rows)
    for cell in cells:
        for case in cell.cases:
            tally.ask(case.gained)
            tally.ask(case.lost)
    tally.count()
    return tally


class _Examples:
    """Objects to show, and who it is for each: all of a model in one query."""

    def __init__(self, model: type[models.Model]) -> None:
        self.model = model
        self.wanted: list[tuple[Cell, Case, Any, list[Example]]] = []

    def want(self, cell: Cell, into: list[Example], tally: Tally, found: Iterable[tuple[Case, int]]) -> None:
        seen: set[Any] = set()
        for case, groups in found:
            for key in tally.examples(groups, EXAMPLES):
                if key not in seen and len(seen) < EXAMPLES:
                    seen.add(key)
                    self.wanted.append((cell, case, key, into))

    def fetch(self) -> None:
        if not self.wanted:
            return
        columns = list(dict.fromkeys(column for cell, *_rest in self.wanted for column in cell.columns))
        named = {f"person_{number}": expression(column) for number, column in enumerate(columns)}
        rows = self.model._base_manager.filter(pk__in={key for _cell, _case, key, _into in self.wanted})
        found = {row[0]: row[1:] for row in rows.annotate(**named).values_list("pk", *named)}
        for cell, case, key, into in self.wanted:
            if key in found:  # it may be gone since it was counted
                people: dict[tree.Field, Any] = dict(zip(columns, found[key], strict=True))
                into.append(Example(key, cell.person(case.who, people)))
