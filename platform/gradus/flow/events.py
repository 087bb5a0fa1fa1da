"""What happened, told to listeners: in the same transaction (`recording`), or in a task after it (`after_commit`)."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from typing import Any, TypeVar

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from gradus import policy
from gradus.accounts.roles import SYSTEM
from gradus.core import correlation
from gradus.core.tasks import enqueue as enqueue_task
from gradus.flow import units
from gradus.flow.models import Delivery, Stateful, TransitionRecord
from gradus.flow.shapes import MIGRATE
from gradus.policy import actions
from gradus.policy.actions import ActionCall
from gradus.policy.automations import Automation, OnMove
from gradus.policy.books import Book

DEEPEST = 8  # transitions of one thing that follow from each other
L = TypeVar("L", bound=Callable[["Event"], object])


@dataclass(frozen=True)
class Event:
    """A transition that happened. It carries ids and the states before and after, never a snapshot to be trusted."""

    record_id: int
    model: str
    object_id: int
    process: str
    transition: str
    source: str
    target: str
    version: int
    actor_id: int | None
    role: str
    at: datetime
    correlation: str
    occasion: str = ""  # which run of an automation, where the same event may be told of again

    @cached_property
    def object(self) -> Any:
        """The object as it is now, read on first use. Raises DoesNotExist when it is gone."""
        return apps.get_model(self.model)._base_manager.get(pk=self.object_id)

    def look_again(self, fresh: Stateful) -> None:
        """The object has changed since: what follows sees it so."""
        self.__dict__["object"] = fresh

    @property
    def record(self) -> TransitionRecord:
        return TransitionRecord.objects.get(pk=self.record_id)


@dataclass(frozen=True, slots=True)
class Listener:
    """A function and the events it wants; empty means all. `at_once` is the same for many events."""

    name: str
    call: Callable[[Event], object]
    models: frozenset[str]
    transitions: frozenset[str]
    at_once: Callable[[Sequence[Event]], object] | None = None

    def wants(self, event: Event) -> bool:
        return (not self.models or event.model in self.models) and (
            not self.transitions or event.transition in self.transitions
        )


_recording: dict[str, Listener] = {}
_after_commit: dict[str, Listener] = {}


def recording(
    call: L | None = None,
    /,
    *,
    model: str | Iterable[str] = (),
    transition: str | Iterable[str] = (),
    at_once: Callable[[Sequence[Event]], object] | None = None,
) -> Any:
    """Call this in the transaction of the change: database only, cheap, and its error undoes the change.

    `@recording` listens to everything, `@recording(model="requests.Request", transition="approve")` to some. Where
    very many things change together, `at_once` is called with all of their events instead.
    """
    return _register(_recording, call, model, transition, at_once)


def after_commit(
    call: L | None = None, /, *, model: str | Iterable[str] = (), transition: str | Iterable[str] = ()
) -> Any:
    """Call this in a task after the commit, at least once: it may be repeated when it fails or its worker dies."""
    return _register(_after_commit, call, model, transition)


def _register(
    registry: dict[str, Listener],
    call: L | None,
    model: str | Iterable[str],
    transition: str | Iterable[str],
    at_once: Callable[[Sequence[Event]], object] | None = None,
) -> Any:
    def register(listening: L) -> L:
        name = f"{listening.__module__}.{listening.__qualname__}"
        registry[name] = Listener(name, listening, _names(model), _names(transition), at_once)
        return listening

    return register if call is None else register(call)


def _names(given: str | Iterable[str]) -> frozenset[str]:
    return frozenset([given] if isinstance(given, str) else given)


def of(record: TransitionRecord, obj: Stateful | None = None) -> Event:
    event = Event(
        record_id=record.pk,
        model=ContentType.objects.get_for_id(record.content_type_id).model_class()._meta.label,  # type: ignore[union-attr]
        object_id=record.object_id or 0,
        process=record.process,
        transition=record.transition,
        source=record.source,
        target=record.target,
        version=record.version,
        actor_id=record.actor_id,
        role=record.role,
        at=record.at,
        correlation=record.correlation,
    )
    if obj is not None:
        event.look_again(obj)
    return event


def tell(event: Event) -> None:
    """Call those who listen within the transaction."""
    for listener in _recording.values():
        if listener.wants(event):
            listener.call(event)


def tell_all(found: Sequence[Event]) -> None:
    """The same for many at once."""
    for listener in _recording.values():
        wanted = [event for event in found if listener.wants(event)]
        if listener.at_once is not None:
            listener.at_once(wanted)
        else:
            for event in wanted:
                listener.call(event)


def enqueue(event: Event) -> None:
    """Queue the task in this transaction, so that it exists exactly when the change does."""
    if calls_of(event) or automations_of(event) or any(listener.wants(event) for listener in _after_commit.values()):
        enqueue_task("gradus.flow.events.deliver", event.record_id)


def book_of(event: Event) -> Book:
    """The book it happened by; where that edition is gone, the newest of its kind."""
    rules, model = policy.active(), apps.get_model(event.model)
    return rules.of(model).get(event.process) or rules.newest(model, event.process)


def calls_of(event: Event) -> tuple[ActionCall, ...]:
    """What the book says follows."""
    rule = book_of(event).transitions.get(event.transition)
    return rule.then if rule is not None else ()


def automations_of(event: Event) -> list[Automation]:
    """What the book says happens by itself then."""
    found = () if event.transition == MIGRATE else book_of(event).automations
    return [each for each in found if isinstance(each.trigger, OnMove) and each.trigger.fits(*_moved(event))]


def _moved(event: Event) -> tuple[str, str, str]:
    return event.transition, event.source, event.target


def deliver(record_id: int) -> None:
    """The task: everything that follows one transition. What succeeded is not repeated when it runs again.

    A failure does not keep the rest from running; all are raised at the end, so that the task is tried again.
    """
    record = TransitionRecord.objects.get(pk=record_id)
    event, failures = of(record), []
    done = set(record.deliveries.values_list("listener", flat=True))
    with correlation.bind(record.correlation):
        for name, work in _work(event):
            if name not in done:
                try:
                    work()
                except Exception as error:  # noqa: BLE001 - one listener's failure is not the others'
                    failures.append(error)
    if failures:
        raise ExceptionGroup(f"{record}: {len(failures)} of its consequences failed", failures)


def _work(event: Event) -> Iterator[tuple[str, Callable[[], None]]]:
    for index, call in enumerate(calls_of(event)):
        name = f"then:{index}:{call.action}"
        yield name, partial(_act, event, call, name)
    for automation in automations_of(event):
        yield f"automation:{automation.id}", partial(_automate, event, automation)
    for listener in _after_commit.values():
        if listener.wants(event):
            yield listener.name, partial(_listen, event, listener)


def _act(event: Event, call: ActionCall, name: str) -> None:
    """Run a book's action at most once: its effects in our database and the row that says so commit together."""
    found = actions.get(call.action)
    if found is None:
        raise LookupError(f"{call.action} is not an action")
    with suppress(AlreadyDone), _transaction(event, call):
        _mark(event, name)
        found.run(event, call.target, **call.params)


@contextmanager
def _transaction(event: Event, call: ActionCall) -> Iterator[None]:
    """One transaction; a unit that holds the object where the action changes it."""
    if not actions.changes(call):
        with transaction.atomic():
            yield
        return
    made = TransitionRecord.objects.about(event.object).done().filter(correlation=event.correlation, role=SYSTEM.role)
    if made.count() >= DEEPEST:
        raise RuntimeError(f"{event.transition}: too many transitions have followed from each other.")
    with units.begin([event.object, *actions.locks([call], event.object)]) as unit, unit.nesting():
        yield


def _automate(event: Event, automation: Automation) -> None:
    from gradus.flow.automating.running import on_event  # it makes transitions, which are events

    on_event(event, book_of(event), automation)


def _listen(event: Event, listener: Listener) -> None:
    """Run a listener at least once: it may reach outside the database, so it runs in no transaction of ours."""
    listener.call(event)
    with suppress(AlreadyDone), transaction.atomic():
        _mark(event, listener.name)


class AlreadyDone(Exception):  # noqa: N818 - a signal between two runs of one task
    """Another run of the task got there first."""


def _mark(event: Event, name: str) -> None:
    _row, fresh = Delivery.objects.get_or_create(record_id=event.record_id, listener=name)
    if not fresh:
        raise AlreadyDone
