"""Decisions of the past, decided again by a draft, as the page before a publish shows them."""

from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext as _

from gradus.accounts.models import User
from gradus.accounts.roles import Role
from gradus.flow.audit.naming import Entry, entries
from gradus.flow.models import TransitionRecord
from gradus.policy.recorded import Recorded
from gradus.policy.ruleset import RuleSet
from gradus.policy.stating import stated
from gradus.rulebook.replaying import Replay, Verdict, replay

LASTS = (500, 2_000, 10_000)  # decisions; a page that is asked for cannot wait for a million
LAST = 2_000
SHOWN = 5  # on the page before a publish; a page of their own shows all


@dataclass(frozen=True, slots=True)
class Turned:
    """A decision that would be another: the record of it, what it would be, and why."""

    entry: Entry
    allowed: bool
    why: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """`last` were looked for; `turned` are the ones of a page."""

    last: int
    found: Replay
    turned: list[Turned]


def last_of(asked: str | None) -> int:
    """How many decisions somebody asked for; the usual number for anything else."""
    return next((number for number in LASTS if str(number) == asked), LAST)


def replay_of(rules: RuleSet, file: str, *, last: int, most: int) -> Replay:
    """Of what the book of this file governs; of everything where it is a book of numbers, or governs nothing now."""
    return replay(rules, last=last, most=most, only=[book for book in rules.books if book.file == file])


def decided_again(rules: RuleSet, file: str, *, last: int, viewer: User) -> Replayed:
    """With the newest of those that change."""
    found = replay_of(rules, file, last=last, most=SHOWN)
    return Replayed(last, found, turned(rules, found.examples, viewer))


def turned(rules: RuleSet, verdicts: list[Verdict], viewer: User) -> list[Turned]:
    """With who, what and why; what each is about only where the viewer may view it. One query for each model."""
    records = TransitionRecord.objects.select_related("actor").in_bulk([each.record for each in verdicts])
    there = [each for each in verdicts if each.record in records]
    shown = entries([records[each.record] for each in there], viewer)
    return [Turned(one, each.allowed, _why(rules, one, each)) for one, each in zip(shown, there, strict=True)]


def _why(rules: RuleSet, entry: Entry, verdict: Verdict) -> str:
    """What the draft says: what it asks where it allows, what fails where it refuses."""
    record: TransitionRecord = entry.record
    model = ContentType.objects.get_for_id(record.content_type_id).model_class()
    book = rules.of(model).get(record.process) if model else None
    if book is None:
        return _("No book governs it.")
    if not verdict.allowed:
        found: Any = Recorded(book).reasons(record.transition, Role(record.role), record.source, record.facts)
        return " ".join(f"{reason[:1].upper()}{reason[1:].rstrip('.')}." for reason in found)
    rule = book.rule(record.transition)
    row = rule.rows.get(Role(record.role)) if rule else None
    return stated(row.node) if row else ""
