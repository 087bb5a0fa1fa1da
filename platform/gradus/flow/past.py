"""Things that happened before Gradus knew of them: the one sanctioned way to write states and history in bulk."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from gradus import policy
from gradus.accounts.roles import SYSTEM, Actor, actor_for
from gradus.core import bulk
from gradus.flow import limits
from gradus.flow.models import Declared, LimitUse, Stateful, TransitionRecord
from gradus.flow.proposals import columns_of
from gradus.flow.registry import newest
from gradus.flow.shapes import NEW, Machine
from gradus.flow.values import stored

S = TypeVar("S", bound=Stateful)
RULE = "backfill"


@dataclass(frozen=True, slots=True)
class Happened:
    """One transition of a past life, and what the step would have set on the object (`sets`).

    `terms` are results of terms as they were then, where the object cannot tell any more.
    """

    name: str
    at: datetime
    by: Any = SYSTEM
    note: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    sets: Mapping[str, Any] = field(default_factory=dict)
    terms: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Past:
    """One object and its life so far: `values` are its columns (and, where its machine is declared, its answers)."""

    values: Mapping[str, Any]
    steps: Sequence[Happened]
    kind: str = ""


def backfill(model: type[S], rows: Iterable[Past], *, batch: int = 1000, facts: bool = False) -> list[S]:
    """Write objects with their histories, a batch per transaction, and return them. No rule is asked, nothing follows.

    With `facts`, each record holds what a rule would have read then, as a decision's does. The moves must be moves of
    the machine, in order of time: raises ValueError otherwise.
    """
    found: list[S] = []
    remaining = iter(rows)
    while some := list(islice(remaining, batch)):
        with transaction.atomic():
            found.extend(_write(model, some, facts=facts))
    return found


def _write(model: type[S], rows: list[Past], *, facts: bool) -> list[S]:
    its = ContentType.objects.get_for_model(model)
    lives = [_live(model, row, its) for row in rows]
    if facts:
        for row, (_obj, records) in zip(rows, lives, strict=True):
            _recall(model, row, records)
    objs = bulk.create(model, [obj for obj, _records in lives])
    for obj, records in lives:
        for record in records:
            record.object_id = obj.pk
    bulk.create(TransitionRecord, [record for _obj, records in lives for record in records])
    bulk.insert(LimitUse, (use for obj, records in lives for record in records for use in limits.uses(obj, record)))
    return objs


def _live(model: type[S], row: Past, about: ContentType) -> tuple[S, list[TransitionRecord]]:
    """The object as its life left it, and the records of that life."""
    its = newest(model, row.kind)
    if not row.steps:
        raise ValueError(f"{model._meta.label}: a past begins with a creation")
    state, since = NEW, row.steps[0].at
    records: list[TransitionRecord] = []
    for version, happened in enumerate(row.steps, start=1):
        record = _record(its, happened, state, version, about)
        if records and record.at < records[-1].at:
            raise ValueError(f"{happened.name} at {happened.at} comes before the step it follows")
        if record.target != state:
            state, since = record.target, record.at
        records.append(record)
    columns = {**row.values, **{name: value for happened in row.steps for name, value in happened.sets.items()}}
    kept = {"state": state, "state_since": since, "version": len(records), "created_at": row.steps[0].at}
    return model(**_columns(model, its.process, columns), **kept), records


def _recall(model: type[Stateful], row: Past, records: list[TransitionRecord]) -> None:
    """What was known before each step, from the object as it was then."""
    columns, since = dict(row.values), row.steps[0].at
    for happened, record in zip(row.steps, records, strict=True):
        kept = {"state": record.source, "state_since": since, "version": record.version - 1}
        then = model(**_columns(model, record.process, columns), **kept, created_at=row.steps[0].at)
        record.facts = policy.facts(then, happened.by, now=record.at, known=happened.terms)
        record.book_version = record.facts["version"]
        columns |= happened.sets
        since = since if record.target == record.source else record.at


def _columns(model: type[Stateful], kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Columns as they are; for a declared machine the rest are answers."""
    if not issubclass(model, Declared):
        return dict(values)
    columns = columns_of(model)
    answers = {name: stored(value) for name, value in values.items() if name not in columns}
    return {**{name: value for name, value in values.items() if name in columns}, "kind": kind, "answers": answers}


def _record(its: Machine, happened: Happened, state: str, version: int, about: ContentType) -> TransitionRecord:
    move = its.move(happened.name)
    if state not in move.sources:
        raise ValueError(f"{its.model._meta.label}: {happened.name} is not possible in the state {state!r}")
    actor: Actor = actor_for(happened.by)
    return TransitionRecord(
        content_type_id=about.pk,
        process=its.process,
        transition=happened.name,
        source=state,
        target=move.target or state,
        version=version,
        actor_id=actor.id,
        role=actor.role.value,
        note=happened.note,
        params={name: stored(value) for name, value in happened.params.items()},
        rule=RULE,
        at=happened.at,
    )
