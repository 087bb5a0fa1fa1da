"""Things are moved while others act on them, on PostgreSQL with real threads: one is first, the other is told."""

import itertools
import os
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection

from gradus import flow, policy
from gradus.accounts.models import User
from gradus.accounts.roles import Actor, Role
from gradus.flow import moving
from gradus.flow.models import TransitionRecord
from gradus.flow.shapes import MIGRATE
from gradus.rulebook.crossing import going
from tests.conftest import MakePerson
from tests.platform.flow.editions import FIELDS, STATES, both, crossing, ordered
from tests.platform.flow.mill.models import Order
from tests.platform.flow.test_races import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("connections")]


@pytest.fixture(autouse=True)
def both_editions(mill_rules: policy.RuleSet) -> Iterator[policy.RuleSet]:
    with policy.using(both()) as ruleset:
        yield ruleset


def explained() -> None:
    """Every order is what its history says."""
    for order in Order.objects.all():
        records = list(flow.history(order).done().order_by("version"))
        assert [record.version for record in records] == list(range(1, order.version + 1))
        assert (records[-1].target, records[-1].process) == (order.state, order.kind)
        assert all(late.source == early.target for early, late in itertools.pairwise(records))


@pytest.mark.parametrize("batch", [2, 500])
def test_of_all_who_move_at_once_one_does(
    student: User, make_person: MakePerson, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(moving, "BATCH", batch)
    ordered(student, 1, 2, 3, 4, 5)
    people = [Actor(make_person(f"Admin{number}", Role.ADMIN), Role.ADMIN) for number in range(6)]
    results = at_once((lambda person=person: moving.migrate(crossing(), by=person)) for person in people)
    assert Counter(type(result).__name__ for result in results) == {"int": 1, "Stale": 5}
    assert [result for result in results if isinstance(result, int)] == [5]
    assert TransitionRecord.objects.filter(transition=MIGRATE).count() == 5
    assert {order.version for order in Order.objects.all()} == {2}
    explained()


@pytest.mark.parametrize("turn", range(3))
def test_whoever_decides_meanwhile_is_first_or_is_told(
    student: User, make_person: MakePerson, monkeypatch: pytest.MonkeyPatch, turn: int
) -> None:
    monkeypatch.setattr(moving, "BATCH", 2)
    orders = [order for number in range(3) for order in ordered(make_person(f"S{number}", Role.STUDENT), 1, 2, 3, 4)]
    alma = Actor(make_person("Otto", Role.ADMIN), Role.ADMIN)
    reviewers = [make_person(f"Reviewer{number}", Role.INSTRUCTOR) for number in range(len(orders))]

    def deciding(order: Order, person: User) -> Callable[[], Any]:
        return lambda: flow.apply(order, "approve", by=person, expect_version=order.version)

    def move() -> int:
        return moving.migrate(crossing(), by=alma)

    half = turn * len(orders) // 3
    work: list[Callable[[], Any]] = [deciding(*each) for each in zip(orders, reviewers, strict=True)]
    results = at_once([*work[:half], move, *work[half:]])
    moved = results.pop(half)
    assert moved == len(orders)
    for order, result in zip(orders, results, strict=True):
        now = Order.objects.get(pk=order.pk)
        first = isinstance(result, Order)
        assert first or isinstance(result, flow.Stale), result
        assert (now.kind, now.state) == ("flour-2", "agreed" if first else "placed")
        assert now.version == 2 + first
    explained()


def test_a_thing_that_becomes_what_the_mapping_does_not_name_stops_all_of_it(student: User, instructor: User) -> None:
    """Seen to happen in either order: whoever is late is told, and nothing is moved by halves."""
    orders = ordered(student, 1, 2, 3, 4, 5)
    alma = Actor(instructor, Role.ADMIN)
    mapping = crossing(states={"ordered": STATES["ordered"]})
    results = at_once(
        [
            lambda: moving.migrate(mapping, by=alma),
            lambda: flow.apply(orders[4], "approve", by=instructor, expect_version=1),
        ]
    )
    kinds = {order.kind for order in Order.objects.all()}
    if isinstance(results[0], flow.NotNow):
        assert kinds == {"flour"}
        assert isinstance(results[1], Order)
    else:
        assert kinds == {"flour-2"}
        assert isinstance(results[1], flow.Stale)
    explained()


@pytest.fixture
def moving_along(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Actor], Callable[[], None]]]:
    """A task that moves everything, two at a time; the same again is what a queue does with a lost worker's task."""
    monkeypatch.setattr(moving, "BATCH", 2)
    cache.clear()

    def task(by: Actor) -> Callable[[], None]:
        mapping = {"states": STATES, "fields": dict(FIELDS)}
        return lambda: going.go_on("mill.Order", "flour", mapping, by.id or 0, crossing().versions)

    yield task
    cache.clear()


def test_the_same_task_delivered_several_times_at_once_moves_nothing_twice(
    student: User, make_person: MakePerson, moving_along: Callable[[Actor], Callable[[], None]]
) -> None:
    ordered(student, 1, 2, 3, 4, 5)
    alma = Actor(make_person("Alma", Role.ADMIN), Role.ADMIN)
    assert at_once([moving_along(alma)] * 6) == [None] * 6
    assert {order.kind for order in Order.objects.all()} == {"flour-2"}
    assert {order.version for order in Order.objects.all()} == {2}
    assert TransitionRecord.objects.filter(transition=MIGRATE).count() == 5
    assert going.of("mill.Order", "flour") is None
    explained()


def test_people_decide_while_a_task_moves(
    make_person: MakePerson, moving_along: Callable[[Actor], Callable[[], None]]
) -> None:
    orders = [order for number in range(3) for order in ordered(make_person(f"S{number}", Role.STUDENT), 1, 2, 3, 4)]
    alma = Actor(make_person("Alma", Role.ADMIN), Role.ADMIN)
    reviewer = make_person("Reviewer", Role.INSTRUCTOR)

    def decide(order: Order) -> Any:
        return flow.apply(order, "approve", by=reviewer, expect_version=order.version)

    calls: list[Callable[[], Any]] = [(lambda order=order: decide(order)) for order in orders]
    results = at_once([*calls[::2], moving_along(alma), moving_along(alma), *calls[1::2]])
    assert all(isinstance(result, Order | flow.Stale | None) for result in results), results
    assert {order.kind for order in Order.objects.all()} == {"flour-2"}
    explained()


@pytest.mark.parametrize("batch", [1, 2])
def test_a_worker_that_dies_in_a_batch_leaves_it_whole_and_the_next_delivery_goes_on(
    student: User, make_person: MakePerson, moving_along: Callable[[Actor], Callable[[], None]], batch: int
) -> None:
    """A process of its own, ended where the database alone can tell: everything written, nothing committed."""
    ordered(student, 1, 2, 3, 4, 5)
    alma = Actor(make_person("Alma", Role.ADMIN), Role.ADMIN)
    connection.close()
    if (child := os.fork()) == 0:
        batches = itertools.count(1)
        moving.events.tell_all = lambda _found: os._exit(9) if next(batches) == batch else None  # type: ignore[attr-defined]
        moving_along(alma)()
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert Counter(order.kind for order in Order.objects.all())["flour-2"] == 2 * (batch - 1)
    explained()
    moving_along(alma)()
    assert {order.kind for order in Order.objects.all()} == {"flour-2"}
    assert TransitionRecord.objects.filter(transition=MIGRATE).count() == 5
    explained()
