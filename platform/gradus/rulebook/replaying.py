"""Recorded decisions, decided again by a draft: which verdicts would have been others."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial, reduce
from operator import or_
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q, TextField
from django.db.models.functions import Cast

from gradus.accounts.roles import Role
from gradus.flow.assigning import ASSIGNED
from gradus.flow.models import TransitionRecord
from gradus.flow.moving import MIGRATED
from gradus.policy.books import Book
from gradus.policy.recorded import Recorded
from gradus.policy.recorded import Verdict as Answer
from gradus.policy.ruleset import RuleSet

DECIDED = (TransitionRecord.DONE, "denied", "not_now")  # what rules and states said; limits and races are not theirs
NEEDED = ("pk", "outcome", "written", "content_type_id", "process", "transition", "source", "role")
NO_DECISION = (ASSIGNED, MIGRATED)  # written by the platform, and by those who change rules
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
    bare: int = 0  # unknown, because nothing is kept of what it was decided on
    unrecorded: dict[str, int] = field(default_factory=dict)  # unknown, by the facts nobody kept then

    @property
    def changed(self) -> int:
        return self.allowed + self.refused


def replay(ruleset: RuleSet, *, last: int, most: int = EXAMPLES, only: Sequence[Book] = ()) -> Replay:
    """Decide the newest `last` decisions again, from the facts recorded then; at most `most` changed ones are named.

    `only` these books govern what is looked at; left out, all of them.

    Decisions differ in their facts much more than in what was asked, so each question is compiled once, and facts are
    read only where the answer depends on them.
    """
    asked, examples = _Asked(ruleset), list[Verdict]()
    counts: Counter[tuple[bool, bool | None]] = Counter()
    bare, unrecorded = 0, Counter[str]()
    for pk, outcome, facts, *question in _records(last, only):
        before, now = outcome == TransitionRecord.DONE, asked[tuple(question)](partial(_read, facts))
        counts[before, now] += 1
        if now is None:
            bare += not facts
            unrecorded.update(asked.unrecorded(question, facts))
        elif now is not before and len(examples) < most:
            examples.append(Verdict(pk, *_named(*question), allowed=now))
    return Replay(
        decided=counts.total(), same=counts[True, True] + counts[False, False],
        unknown=counts[True, None] + counts[False, None],
        allowed=counts[False, True], refused=counts[True, False], examples=examples,
        bare=bare, unrecorded=dict(unrecorded.most_common()),
    )  # fmt: skip


class _Asked(dict[tuple[Any, ...], Answer]):
    """How each question that was ever put is answered by these books."""

    def __init__(self, ruleset: RuleSet) -> None:
        super().__init__()
        self.ruleset = ruleset

    def __missing__(self, question: tuple[Any, ...]) -> Answer:
        kind, process, transition, source, role = question
        model = ContentType.objects.get_for_id(kind).model_class()
        book = self.ruleset.of(model).get(process) if model else None
        # Nobody may do what no book knows.
        found: Answer = Recorded(book).verdict(transition, Role(role), source) if book else lambda _facts: False
        self[question] = found
        return found

    def unrecorded(self, question: tuple[Any, ...], facts: str | None) -> set[str]:
        """The facts that were wanted and not kept, by name."""
        kind, process, transition, _source, role = question
        model = ContentType.objects.get_for_id(kind).model_class()
        book = self.ruleset.of(model).get(process) if model else None
        return Recorded(book).missing(transition, Role(role), json.loads(facts)) if book and facts else set()


def _named(kind: int, process: str, transition: str, _source: str, role: str) -> tuple[str, str, str, str]:
    model = ContentType.objects.get_for_id(kind).model_class()
    return model._meta.label if model else "", process, transition, role


def _of(book: Book) -> Q:
    kind = ContentType.objects.get_for_model(book.model)
    return Q(content_type=kind, process=book.process)


def _read(facts: str | None) -> Any:
    return json.loads(facts) if facts else None


def _records(last: int, only: Sequence[Book]) -> Iterator[Any]:
    """As they lie in the database: facts are text until somebody needs them. In one transaction a cursor stays open."""
    records = TransitionRecord.objects.filter(outcome__in=DECIDED).exclude(rule__in=NO_DECISION).order_by("-pk")
    rows = (
        records.filter(reduce(or_, map(_of, only), Q()))
        .annotate(written=Cast("facts", TextField()))
        .values_list(*NEEDED)[:last]
    )
    with transaction.atomic():
        yield from rows.iterator(chunk_size=5000)
