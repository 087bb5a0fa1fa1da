"""Recorded decisions, decided again by a draft: which verdicts would have been others."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.contrib.contenttypes.models import ContentType

from gradus.accounts.roles import Role
from gradus.flow.assigning import ASSIGNED
from gradus.flow.models import TransitionRecord
from gradus.policy.recorded import Recorded
from gradus.policy.ruleset import RuleSet

DECIDED = (TransitionRecord.DONE, "denied", "not_now")  # what rules and states said; limits and races are not theirs
NEEDED = ("pk", "content_type_id", "process", "transition", "source", "role", "outcome", "facts")
EXAMPLES = 20


@dataclass(frozen=True, slots=True)
class Verdict:
    """A recorded decision that would be another by the draft."""

    record: int
    model: str
    process: str
    transition: str
    role: str
    allowed: bool

    def __str__(self) -> str:
        words = ("allowed", "refused") if not self.allowed else ("refused", "allowed")
        return f"record {self.record}: {self.transition} by {self.role} was {words[0]}, would be {words[1]}"


@dataclass(slots=True)
class Replay:
    """How many recorded verdicts stay, which change, and how many cannot be told from what was recorded."""

    decided: int = 0
    same: int = 0
    unknown: int = 0
    allowed: int = 0  # refused then
    refused: int = 0  # allowed then
    examples: list[Verdict] = field(default_factory=list)

    @property
    def changed(self) -> int:
        return self.allowed + self.refused

    def count(self, *, before: bool, now: bool | None) -> bool:
        """Count one decision; whether its verdict changes."""
        self.decided += 1
        self.unknown += now is None
        self.same += now == before
        self.allowed += now is True and not before
        self.refused += now is False and before
        return now is not None and now != before


def replay(ruleset: RuleSet, *, last: int) -> Replay:
    """Decide the newest `last` decisions again, from the facts recorded then."""
    found, deciders = Replay(), _Deciders(ruleset)
    for pk, kind, process, transition, source, role, outcome, facts in _records(last):
        decider = deciders.of(kind, process)
        now: bool | None = False  # nobody may do what no book knows
        if decider is not None:
            now = decider.decide(transition, Role(role), source, facts) if facts else None
        if found.count(before=outcome == TransitionRecord.DONE, now=now) and len(found.examples) < EXAMPLES:
            found.examples.append(Verdict(pk, deciders.label(kind), process, transition, role, allowed=bool(now)))
    return found


class _Deciders:
    """One for each kind of thing that was decided about."""

    def __init__(self, ruleset: RuleSet) -> None:
        self.ruleset = ruleset
        self.made: dict[tuple[int, str], Recorded | None] = {}

    def of(self, kind: int, process: str) -> Recorded | None:
        if (kind, process) not in self.made:
            model = ContentType.objects.get_for_id(kind).model_class()
            book = self.ruleset.of(model).get(process) if model else None
            self.made[kind, process] = Recorded(book) if book else None
        return self.made[kind, process]

    def label(self, kind: int) -> str:
        model = ContentType.objects.get_for_id(kind).model_class()
        return model._meta.label if model else ""


def _records(last: int) -> Iterator[Any]:
    records = TransitionRecord.objects.filter(outcome__in=DECIDED).exclude(rule=ASSIGNED).order_by("-pk")
    yield from records.values_list(*NEEDED)[:last].iterator(chunk_size=2000)
