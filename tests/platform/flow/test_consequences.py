"""Listeners, actions and tasks; several changes in one transaction."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django_q.models import OrmQ

from gradus import flow
from gradus.accounts.models import User
from gradus.accounts.roles import SYSTEM
from gradus.core import correlation
from gradus.flow import events
from gradus.flow.models import Delivery, TransitionRecord
from tests.platform.flow.mill import actions
from tests.platform.flow.mill.models import Mill, Order, Stone


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[events.Event]]:
    """What listeners of a test heard; their registration ends with it."""
    monkeypatch.setattr(events, "_recording", {})
    monkeypatch.setattr(events, "_after_commit", {})
    actions.heard()
    found: list[events.Event] = []
    yield found
    actions.heard()


def test_a_recording_listener_hears_within_the_transaction(
    heard: list[events.Event], stone: Stone, student: User
) -> None:
    @events.recording(model="mill.Stone", transition="oil")
    def listen(event: events.Event) -> None:
        assert transaction.get_connection().in_atomic_block
        assert event.object.version == event.version == 2
        heard.append(event)

    with correlation.bind("one-thread"):
        flow.apply(stone, "oil", by=student)
    flow.apply(stone, "turn", by=student, grain="rye")
    (event,) = heard
    assert (event.model, event.object_id, event.transition) == ("mill.Stone", stone.pk, "oil")
    assert (event.source, event.target, event.role, event.actor_id) == ("idle", "idle", "student", student.pk)
    assert event.correlation == TransitionRecord.objects.get(pk=event.record_id).correlation == "one-thread"


def test_an_error_of_a_recording_listener_undoes_the_change(
    heard: list[events.Event], stone: Stone, student: User
) -> None:
    @events.recording
    def fail(event: events.Event) -> None:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        flow.apply(stone, "oil", by=student)
    assert Stone.objects.get().version == 1
    assert flow.history(stone).count() == 1


def test_what_follows_is_one_task_and_nobody_listening_is_none(
    heard: list[events.Event], stone: Stone, student: User
) -> None:
    flow.apply(stone, "oil", by=student)
    assert not OrmQ.objects.exists()
    events.after_commit(heard.append)
    flow.apply(stone, "oil", by=student)
    assert OrmQ.objects.count() == 1


def test_a_task_that_runs_twice_acts_once(heard: list[events.Event], order: Order, instructor: User) -> None:
    events.after_commit(heard.append)
    flow.apply(order, "approve", by=instructor)
    record = flow.history(order).done().get(transition="approve")
    events.deliver(record.pk)
    events.deliver(record.pk)
    assert actions.heard() == [(order.pk, "author", 2)]
    assert len(heard) == 1
    assert Delivery.objects.filter(record=record).count() == 2


def test_one_failing_listener_does_not_keep_the_rest_from_running(
    heard: list[events.Event], order: Order, instructor: User
) -> None:
    broken = [True]

    @events.after_commit
    def fail(event: events.Event) -> None:
        if broken:
            raise RuntimeError("no")

    events.after_commit(heard.append)
    flow.apply(order, "approve", by=instructor)
    record = flow.history(order).done().get(transition="approve")
    with pytest.raises(ExceptionGroup):
        events.deliver(record.pk)
    assert len(heard) == 1
    broken.clear()
    events.deliver(record.pk)
    assert len(heard) == 1
    assert actions.heard() == [(order.pk, "author", 2)]


def test_a_nested_change_shares_the_transaction(heard: list[events.Event], mill: Mill, student: User) -> None:
    first, second = (flow.create(Stone, "set_up", by=student, mill=mill) for _ in range(2))

    @events.recording(transition="retire")
    def stop_the_other(event: events.Event) -> None:
        if event.object_id == first.pk:
            flow.apply(second, "retire", by=SYSTEM)

    flow.apply(first, "retire", by=SYSTEM)
    assert set(Stone.objects.values_list("state", "version")) == {("worn", 2)}


def test_a_nested_refusal_is_written_even_when_everything_is_undone(
    heard: list[events.Event], mill: Mill, student: User, other_instructor: User
) -> None:
    first, second = (flow.create(Stone, "set_up", by=student, mill=mill) for _ in range(2))

    @events.recording(transition="retire")
    def oil_the_other(event: events.Event) -> None:
        flow.apply(second, "oil", by=student)
        flow.apply(second, "retire", by=other_instructor)

    with pytest.raises(flow.Denied):
        flow.apply(first, "retire", by=SYSTEM)
    assert set(Stone.objects.values_list("state", "version")) == {("idle", 1)}
    assert [record.transition for record in flow.history(second).refused()] == ["retire"]
    assert not flow.history(first).refused().exists()


def test_what_is_not_locked_cannot_be_changed_by_the_way(
    heard: list[events.Event], stone: Stone, order: Order, instructor: User, student: User
) -> None:
    @events.recording(transition="approve")
    def oil(event: events.Event) -> None:
        flow.apply(stone, "oil", by=student)

    with pytest.raises(RuntimeError, match="locks"):
        flow.apply(order, "approve", by=instructor)
    assert Order.objects.get().state == "ordered"


def test_several_changes_happen_together_or_not_at_all(stone: Stone, order: Order, student: User) -> None:
    def both(name: str, **asked: int) -> None:
        with flow.together(stone, order, student):
            oiled = flow.apply(stone, "oil", by=student)
            flow.apply(oiled, "turn", by=student, grain="rye")
            flow.apply(order, name, by=student, **asked)

    with pytest.raises(flow.Denied):
        both("approve")
    assert (Stone.objects.get().version, Order.objects.get().version) == (1, 1)
    assert flow.history(order).refused().get().transition == "approve"
    both("add", bags=4)
    assert (Stone.objects.get().state, Order.objects.get().answers["bags"]) == ("turning", 4)


def test_within_somebody_elses_transaction_nothing_is_changed(stone: Stone, student: User) -> None:
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        flow.apply(stone, "oil", by=student)


def test_a_past_must_be_a_life_the_machine_allows(mill: Mill, student: User, stone: Stone) -> None:
    def past(*names: str) -> flow.Past:
        return flow.Past({"mill": mill, "miller": student}, [flow.Happened(name, stone.created_at) for name in names])

    for names in ((), ("turn",), ("set_up", "stop")):
        with pytest.raises(ValueError, match=r"begins|not possible"):
            flow.backfill(Stone, [past(*names)])
    (lived,) = flow.backfill(Stone, [past("set_up", "turn", "stop")])
    assert (lived.state, lived.version) == ("idle", 3)
    assert flow.apply(lived, "oil", by=student).version == 4
