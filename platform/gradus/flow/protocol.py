"""The two verbs. `docs/flow.md` describes the protocol; the functions below are its steps, in its order."""

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from django.db import models, transaction
from django.utils import timezone

from gradus import policy
from gradus.accounts.roles import Actor, actor_for
from gradus.core import correlation
from gradus.flow import attachments, events, limits, proposals, records, units, verdicts
from gradus.flow.asking import Setting
from gradus.flow.errors import Denied, FlowError
from gradus.flow.models import Stateful, TransitionRecord
from gradus.flow.records import Attempt
from gradus.flow.registry import filed_under, machine
from gradus.flow.shapes import Move
from gradus.flow.units import Unit

S = TypeVar("S", bound=Stateful)
PLANS = 4
KEPT = frozenset({"state", "version", "state_since"})


class PlanChanged(Exception):  # noqa: N818 - a signal to plan again, never an error people see
    """What had to be locked turned out to be different once the locks were held."""

    def __init__(self, fresh: Stateful) -> None:
        self.fresh = fresh


def apply(
    obj: S, name: str, /, *, by: Any, expect_version: int | None = None, now: datetime | None = None, **params: Any
) -> S:
    """Make the transition and return the fresh instance; `obj` itself is left as it was.

    Raises Denied, NotNow, Stale or Limited, and ValidationError for parameters that are not what is asked.
    """
    its = machine(obj)
    move = its.move(name)
    actor, at = actor_for(by), now or timezone.now()
    cleaned = cleaner(move, actor, at, params)

    def once(unit: Unit) -> S:
        fresh = read(unit, obj)
        given = cleaned(fresh)
        check_plan(unit, plan(fresh, move, actor, given), fresh)
        attempt = Attempt(fresh, move, its.process, actor, at, fresh.state, params=move.params.stored(given))
        decide(unit, attempt, expect_version=expect_version)
        change(unit, attempt, given)
        return fresh

    return _in_unit(obj, lambda basis: [basis, *plan(basis, move, actor, cleaned(basis))], once)


def create(model: type[S], name: str, /, *, by: Any, now: datetime | None = None, kind: str = "", **values: Any) -> S:
    """Make a new object by its creating transition and return it. Rules see the proposed values.

    `values` are what the transition asks for, and further fields of the model. A `kind` means its newest edition.
    Raises what `apply` raises.
    """
    its = filed_under(model, kind)
    move = its.move(name)
    actor, at = actor_for(by), now or timezone.now()
    obj: S
    obj, given = proposals.propose(its, move, actor, at, values)

    def once(unit: Unit) -> S:
        check_plan(unit, plan(obj, move, actor, given), obj)
        attempt = Attempt(obj, move, its.process, actor, at, "", params=move.params.stored(given))
        decide(unit, attempt)
        change(unit, attempt, given)
        return obj

    return _in_unit(obj, lambda basis: plan(basis, move, actor, given), once)


def cleaner(move: Move, actor: Actor, at: datetime, params: Mapping[str, Any]) -> Callable[[Stateful], dict[str, Any]]:
    """What was given, cleaned: once, or for the object as it is where that says what is asked."""
    if move.params.conditional:
        return lambda obj: move.params.given_to(Setting(obj, actor, at)).clean(params)
    given = move.params.given_to(Setting(None, actor, at)).clean(params)
    return lambda _obj: given


def plan(obj: Stateful, move: Move, actor: Actor, given: Mapping[str, Any]) -> list[models.Model]:
    """What must be locked besides the object: the limits' owners, staged files, and what nested changes declare."""
    owners = limits.owners(obj, move.name, actor)
    declared = [other for other in move.locks(obj) if other is not None]
    return [*owners, *attachments.staged(move.params, given), *declared]


def read(unit: Unit, obj: S) -> S:
    """The object as it is now, under its lock. One that is gone is as good as hidden."""
    if not unit.holds(obj):
        if unit.nested:
            raise RuntimeError(f"{obj._meta.label} {obj.pk} is not locked: name it in `locks` or in flow.together.")
        raise Denied(hidden=True)
    return copy.copy(unit.held[units.key(obj)])  # type: ignore[return-value]


def check_plan(unit: Unit, needed: Iterable[models.Model], fresh: Stateful) -> None:
    missing = [other for other in needed if not unit.planned(other)]
    if missing and unit.nested:
        raise RuntimeError(f"{missing[0]._meta.label} {missing[0].pk} is not locked: name it in `locks`.")
    if missing:
        raise PlanChanged(fresh)


def decide(unit: Unit, attempt: Attempt, *, expect_version: int | None = None) -> None:
    """Source state, then the rule, then limits. A refusal is written once the unit has been left."""
    attempt.decision = policy.decide(attempt.actor, attempt.name, attempt.obj, now=attempt.at)
    attempt.facts = policy.facts(attempt.obj, attempt.actor, now=attempt.at)
    try:
        verdicts.check(attempt, expect_version=expect_version)
    except FlowError as error:
        reasons = verdicts.on_record(attempt, error, expect_version=expect_version)
        unit.refusals.append(partial(records.write_refusal, records.refusal(attempt, error.code, reasons)))
        error.of(attempt.obj, attempt.name, attempt.move.label, attempt.actor)
        raise


def change(unit: Unit, attempt: Attempt, given: Mapping[str, Any]) -> None:
    """Everything a success writes; nested in another change it has its own savepoint."""
    with transaction.atomic() if unit.nested else _nothing():
        before = _values(attempt.obj)
        with unit.nesting():
            run(attempt, given)
        save(attempt, before)
        record = write(attempt, given)
        unit.keep(attempt.obj)
        with unit.nesting():
            follow(attempt, record)


def run(attempt: Attempt, given: Mapping[str, Any]) -> None:
    attempt.move.run(attempt.obj, attempt.actor, attempt.at, given)


def save(attempt: Attempt, before: Mapping[str, Any]) -> None:
    """One INSERT or UPDATE, with the state among its fields."""
    obj = attempt.obj
    obj.version += 1
    if obj.state != attempt.source:
        obj.state_since = attempt.at
    if obj._state.adding:
        obj.write(force_insert=True)
        return
    changed = {name for name, value in _values(obj).items() if before[name] != value}
    obj.write(update_fields=sorted(changed | KEPT | _stamped(obj)))


def write(attempt: Attempt, given: Mapping[str, Any]) -> TransitionRecord:
    """Append to the history, count against limits, attach the files that were handed over."""
    record = records.write_done(attempt)
    limits.use(attempt, record)
    attachments.attach(attempt, given)
    return record


def follow(attempt: Attempt, record: TransitionRecord) -> None:
    """Listeners in this transaction, then the task for everything after it, enqueued in this transaction too."""
    event = events.of(record, attempt.obj)
    events.tell(event)
    events.enqueue(event)


def _in_unit(obj: S, planned: Callable[[Any], Iterable[models.Model]], once: Callable[[Unit], S]) -> S:
    if (unit := units.current()) is not None:
        return once(unit)
    basis: Any = obj
    with correlation.bind(correlation.current()):
        for _attempt in range(PLANS):
            try:
                with units.begin(planned(basis)) as unit:
                    return once(unit)
            except PlanChanged as changed:
                basis = changed.fresh
    raise RuntimeError(f"{obj._meta.label} {obj.pk}: what has to be locked keeps changing.")


@contextmanager
def _nothing() -> Iterator[None]:
    yield


def _values(obj: Stateful) -> dict[str, Any]:
    """Its loaded columns; what can be changed in place is copied."""
    kept = {
        field.attname: obj.__dict__[field.attname]
        for field in obj._meta.concrete_fields
        if field.attname in obj.__dict__
    }
    return {name: copy.deepcopy(value) if isinstance(value, dict | list) else value for name, value in kept.items()}


def _stamped(obj: Stateful) -> set[str]:
    return {field.attname for field in obj._meta.concrete_fields if getattr(field, "auto_now", False)}
