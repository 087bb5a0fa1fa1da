"""Which objects a timed automation is about right now: one query each, however many rows there are."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, DateTimeField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import LessThanOrEqual
from django.utils import timezone

from gradus.flow.automating.running import Match, key_of
from gradus.flow.models import AutomationRun
from gradus.policy import machines
from gradus.policy.automations import After, Automation, Every
from gradus.policy.books import Book
from gradus.policy.clocks import Clock
from gradus.policy.sql import ALL, Asker, compile_filter

BATCH = 500
GRACE = timedelta(hours=1)
EACH_DAY = 31


def matches(book: Book, automation: Automation, now: datetime, *, batch: int = BATCH) -> Iterator[Match]:
    """What is due and was not dealt with yet, the longest waiting first; nothing for what is set off by events."""
    match automation.trigger:
        case After() as trigger:
            yield from _stays(book, automation, trigger, now, batch)
        case Every() as trigger:
            yield from _ticks(book, automation, trigger, now, batch)


def _stays(book: Book, automation: Automation, trigger: After, now: datetime, batch: int) -> Iterator[Match]:
    # By the plain time first, which an index knows; a clock can only make it less.
    waiting = _meant(book, automation, now).filter(state=trigger.state, state_since__lte=now - trigger.span)
    runs = AutomationRun.objects.filter(
        automation=key_of(book, automation), object_id=OuterRef("pk"), since=OuterRef("state_since")
    ).order_by()
    if automation.live:  # what it only would have done, it does now
        runs = runs.exclude(outcome=AutomationRun.Outcome.WOULD)
    if automation.clock is not None:
        waiting = waiting.filter(_counted(automation.clock, "state_since", trigger.span, now))
    if automation.again is None:
        found = waiting.filter(~Exists(runs)).annotate(turn=Value(0))
    else:
        found = waiting.filter(~Exists(runs.filter(at__gt=now - automation.again))).annotate(turn=_number_of(runs))
        if automation.clock is not None:
            last = Subquery(runs.order_by("-at").values("at")[:1])
            rested = _counted(automation.clock, "last", automation.again, now)
            found = found.alias(last=last).filter(Q(last__isnull=True) | rested)
    found = found.order_by("state_since", "pk")
    for pk, since, number in found.values_list("pk", "state_since", "turn")[:batch]:
        yield Match(book, automation, pk, since, number)


def _counted(clock: Clock, since: str, span: timedelta, now: datetime) -> Q:
    """That so much time has passed on the clock since the moment in that column or annotation."""
    return Q(LessThanOrEqual(clock.paused(since, now), Value(now - span, DateTimeField()) - F(since)))


def _number_of(runs: QuerySet[AutomationRun]) -> Coalesce:
    return Coalesce(Subquery(runs.values("object_id").annotate(count=Count("pk")).values("count")), 0)


def _ticks(book: Book, automation: Automation, trigger: Every, now: datetime, batch: int) -> Iterator[Match]:
    tick = latest(trigger, now)
    if tick is None or now - tick > GRACE:
        return
    runs = AutomationRun.objects.filter(automation=key_of(book, automation), object_id=OuterRef("pk"), since=tick)
    found = _meant(book, automation, now).filter(~Exists(runs)).order_by("pk")
    for pk in found.values_list("pk", flat=True)[:batch]:
        yield Match(book, automation, pk, tick)


def _meant(book: Book, automation: Automation, now: datetime) -> QuerySet[Any]:
    """The objects of this kind for which the condition is true."""
    rows = book.model._default_manager.all()
    machine = machines.for_model(book.model)
    if machine is not None and machine.kind_field:
        rows = rows.filter(**{machine.kind_field: book.process})
    found = compile_filter(automation.node, Asker(book.model, None, None, now))
    if isinstance(found, Q):
        return rows.filter(found)
    return rows if found is ALL else rows.none()


def latest(trigger: Every, now: datetime) -> datetime | None:
    """The last moment at or before `now` that the trigger names, by the clock of the academy."""
    local = timezone.localtime(now, timezone.get_default_timezone())
    tick = local.replace(hour=trigger.at.hour, minute=trigger.at.minute, second=0, microsecond=0)
    for days in range(EACH_DAY + 1):
        candidate = tick - timedelta(days=days)
        fits = trigger.weekday in {None, candidate.weekday()} and trigger.day in {None, candidate.day}
        if fits and candidate <= local:
            return candidate
    return None
