"""Writing history: successes inside the unit, refusals after it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType

from gradus.accounts.roles import Actor
from gradus.core import correlation
from gradus.flow.models import Stateful, TransitionRecord
from gradus.flow.shapes import Move
from gradus.policy import Decision


@dataclass(slots=True)
class Attempt:
    """Somebody wants something to happen to an object: what a record says whichever way it ends."""

    obj: Stateful
    move: Move
    process: str
    actor: Actor
    at: datetime
    source: str
    facts: dict[str, Any] | None = None
    decision: Decision | None = None
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.move.name

    def record(self, **outcome: Any) -> TransitionRecord:
        """An unsaved record of this attempt."""
        return TransitionRecord(
            content_type=ContentType.objects.get_for_model(self.obj),
            object_id=self.obj.pk,
            process=self.process,
            transition=self.name,
            source=self.source,
            actor_id=self.actor.id,
            role=self.actor.role.value,
            # `is not None`: a refusal is false.
            rule=self.decision.rule if self.decision is not None else "",
            book_version=self.decision.version if self.decision is not None else "",
            facts=self.facts,
            params={key: value for key, value in self.params.items() if key != "note"},
            note=self.params.get("note") or "",
            correlation=correlation.current(),
            at=self.at,
            **outcome,
        )


def write_done(attempt: Attempt) -> TransitionRecord:
    record = attempt.record(target=attempt.obj.state, version=attempt.obj.version)
    record.save(force_insert=True)
    return record


def refusal(attempt: Attempt, code: str, reasons: list[str]) -> TransitionRecord:
    """The row of a refusal; a second one of the same person, object and transition within the minute falls away."""
    return attempt.record(target=attempt.source, outcome=code, reasons=reasons, refusal_key=_refusal_key(attempt))


def write_refusal(record: TransitionRecord) -> None:
    TransitionRecord.objects.bulk_create([record], ignore_conflicts=True)


def _refusal_key(attempt: Attempt) -> str:
    minute = int(attempt.at.timestamp()) // 60
    parts = (attempt.actor.id, attempt.actor.role.value, attempt.obj._meta.label, attempt.obj.pk, attempt.name, minute)
    return hashlib.sha256(repr(parts).encode()).hexdigest()
