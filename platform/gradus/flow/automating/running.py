"""Dealing with one match: its effects in our database and the row that says so commit together, or neither does."""

import traceback
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from gradus import policy
from gradus.accounts.roles import SYSTEM
from gradus.core import correlation
from gradus.flow import events, units
from gradus.flow.errors import FlowError, Limited
from gradus.flow.events import Event
from gradus.flow.models import AutomationRun, Stateful, TransitionRecord
from gradus.policy import actions
from gradus.policy.automations import After, Automation
from gradus.policy.books import Book
from gradus.policy.deciding import book_of, process_of

Outcome = AutomationRun.Outcome


@dataclass(frozen=True, slots=True)
class Match:
    """An object an automation is about: `since` and `turn` say which time this is, `event` what set it off."""

    book: Book
    automation: Automation
    object_id: int
    since: datetime
    turn: int = 0
    event: Event | None = None

    def run(self, outcome: str, now: datetime, **more: Any) -> AutomationRun:
        """The unsaved row of this match."""
        return AutomationRun(
            automation=key_of(self.book, self.automation), object_id=self.object_id, since=self.since, turn=self.turn,
            record_id=self.event.record_id if self.event else None, book_version=self.book.version,
            correlation=correlation.current(), at=now, outcome=outcome, **more,
        )  # fmt: skip

    def stands(self, obj: Any, now: datetime) -> bool:
        """Whether it still is so, now that the object is locked."""
        trigger = self.automation.trigger
        if self.event is None and process_of(obj) != self.book.process:  # it has been moved to another edition
            return False
        if isinstance(trigger, After) and not self._stays(obj, trigger, now):
            return False
        said = {"source": self.event.source, "target": self.event.target} if self.event else {}
        return self.automation.holds(obj, now, **said)

    def _stays(self, obj: Any, trigger: After, now: datetime) -> bool:
        if (obj.state, obj.state_since) != (trigger.state, self.since):
            return False
        # Plain time only grows, but a pause may have been entered meanwhile.
        clock = self.automation.clock
        return clock is None or clock.elapsed(obj, self.since, now) >= trigger.span


def key_of(book: Book, automation: Automation) -> str:
    """The same for all editions of a kind: what was done for a thing is not done again after it has been moved."""
    return f"{book.label}/{book.kind}#{automation.id}"


def parts_of(key: str) -> tuple[str, str, str]:
    """The model, the kind and the id that such a key names."""
    model, _slash, rest = key.partition("/")
    kind, _hash, name = rest.partition("#")
    return model, kind, name


def book_for(key: str, object_id: int) -> Book | None:
    """The book by which such a run is tried again: that of the thing as it is now."""
    label, _kind, _name = parts_of(key)
    model = next((book.model for book in policy.active().books if book.label == label), None)
    obj: Any = model._base_manager.filter(pk=object_id).first() if model else None
    return book_of(obj) if obj is not None else None


def run(match: Match, *, now: datetime, again: AutomationRun | None = None) -> AutomationRun | None:
    """Act, or say what would have been done; None when it was dealt with before, or is not so any more.

    `again` is the row of an earlier try, which the new one replaces.
    """
    obj: Any = match.book.model._base_manager.filter(pk=match.object_id).first()
    if obj is None:
        return None
    try:
        with units.begin([obj, *_owners(match.automation, obj)]) as unit, unit.nesting():
            return _act(match, now, again)
    except Limited as refusal:
        kept = match.run(Outcome.LIMITED, now, note=_said(refusal))
    except FlowError as refusal:
        kept = match.run(Outcome.SKIPPED, now, note=_said(refusal))
    except Exception as error:  # noqa: BLE001 - one object that fails does not stop the others
        kept = match.run(Outcome.FAILED, now, note=repr(error)[:500], traceback=traceback.format_exc()[-20_000:])
    return _keep(kept, again)


def run_again(row: AutomationRun, *, now: datetime) -> AutomationRun | None:
    """Try a run once more that did not act, by the book in force; None when there is nothing to do any more."""
    name = parts_of(row.automation)[2]
    book = book_for(row.automation, row.object_id)
    found = next((each for each in book.automations if each.id == name), None) if book else None
    if book is None or found is None or row.outcome == Outcome.ACTED:
        return None
    event = events.of(row.record) if row.record else None
    with correlation.bind():
        return run(Match(book, found, row.object_id, row.since, row.turn, event), now=now, again=row)


def on_event(event: Event, book: Book, automation: Automation) -> None:
    """Deal with a transition that happened, unless it is an effect of the automation itself."""
    match = Match(book, automation, event.object_id, event.at, event.record_id, event)
    if (why := _goes_round(match, event)) is not None:
        _keep(match.run(Outcome.STOPPED, event.at, note=str(why)))
        return
    run(match, now=event.at)


def _goes_round(match: Match, event: Event) -> Any:
    """Why an effect sets nothing off any more, or None. What belongs together has one correlation id."""
    if event.role != SYSTEM.role:
        return None
    before = AutomationRun.objects.filter(correlation=event.correlation).exclude(turn=event.record_id)
    if before.filter(automation=key_of(match.book, match.automation), object_id=event.object_id).exists():
        return _("This is its own effect.")
    if before.count() >= events.DEEPEST:
        return _("Too many things have set each other off.")
    return None


def _act(match: Match, now: datetime, again: AutomationRun | None) -> AutomationRun | None:
    obj: Any = match.book.model._base_manager.get(pk=match.object_id)
    if not match.stands(obj, now):
        return None
    if again is not None:
        AutomationRun.objects.filter(pk=again.pk).exclude(outcome=Outcome.ACTED).delete()
    automation = match.automation
    new = match.run(Outcome.ACTED if automation.live else Outcome.WOULD, now)
    if not _first(new):
        return None
    if automation.live:
        event = _event(match, obj, new)
        for call in automation.do:
            perform(call, event)
    return new


def perform(call: actions.ActionCall, event: Event) -> None:
    found = actions.get(call.action)
    if found is None:
        raise LookupError(f"{call.action} is not an action")
    found.run(event, call.target, **call.params)


def _first(new: AutomationRun) -> bool:
    """Write the row; False when there is one for this match already."""
    row, made = AutomationRun.objects.get_or_create(**_match_of(new), defaults=_outcome_of(new))
    new.pk = row.pk
    return made or _no_longer_tried(new)


def _no_longer_tried(new: AutomationRun) -> bool:
    """Take the place of a row that says what would have been done in this stay, now that it is live."""
    if new.record_id is not None or new.outcome == Outcome.WOULD:
        return False
    return bool(AutomationRun.objects.filter(**_match_of(new), outcome=Outcome.WOULD).update(**_outcome_of(new)))


def _match_of(new: AutomationRun) -> dict[str, Any]:
    return {name: getattr(new, name) for name in ("automation", "object_id", "since", "turn")}


def _outcome_of(new: AutomationRun) -> dict[str, Any]:
    names = ("record_id", "outcome", "note", "traceback", "at", "book_version", "correlation")
    return {name: getattr(new, name) for name in names}


def _keep(new: AutomationRun, instead: AutomationRun | None = None) -> AutomationRun:
    """Write the row of a try that came to nothing; one that acted meanwhile stays."""
    if instead is None:
        if not _no_longer_tried(new):
            AutomationRun.objects.bulk_create([new], ignore_conflicts=True)
        return new
    AutomationRun.objects.filter(pk=instead.pk).exclude(outcome=Outcome.ACTED).update(**_outcome_of(new))
    new.pk = instead.pk
    return new


def _event(match: Match, obj: Stateful, made: AutomationRun) -> Event:
    """What actions are told of: the event, or for a timed automation the newest of the object. Nobody did it."""
    event = match.event
    if event is None:
        record = TransitionRecord.objects.about(obj).done().order_by("-version").first()
        if record is None:
            raise LookupError(f"{obj} has no history")
        event = replace(events.of(record), actor_id=None, role=SYSTEM.role)
    event = replace(event, occasion=f"/{made.pk}")
    event.look_again(obj)
    return event


def _owners(automation: Automation, obj: Stateful) -> list[models.Model]:
    """What its actions need locked besides the object."""
    if not automation.live:
        return []
    return actions.locks(automation.do, obj)


def _said(refusal: FlowError) -> str:
    return " ".join(map(str, refusal.reasons)) or str(refusal.title)
