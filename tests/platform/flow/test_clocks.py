"""Clocks whose pauses do not count: what SQL finds due is what Python reckons, for any stays and pauses."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from gradus import flow, policy
from gradus.accounts.models import User
from gradus.flow.automating import due, tasks
from gradus.flow.automating.running import Match, key_of
from gradus.flow.models import AutomationRun
from gradus.policy import clocks
from gradus.policy.automations import After
from gradus.policy.errors import BookErrors
from tests.platform.flow.mill.models import Closure, Order
from tests.platform.flow.test_automating import SYSTEM_MAY, TEXTS, Automate, automate

__all__ = ["automate"]
pytestmark = pytest.mark.both_databases
NOW = datetime(2026, 3, 4, 8, 15, tzinfo=UTC)
REMIND = """
[[automations]]
id = "remind"
after = "10 hours in ordered"
clock = "opening_hours"
again = "5 hours"
live = true
do = [{ ring = "author", times = 1 }]
"""
ONCE = REMIND.replace('again = "5 hours"\n', "")
hours = st.integers(-30, 4)  # from now; later ones have not begun
pauses = st.tuples(hours, st.none() | st.integers(0, 20))
lives = st.tuples(hours, st.lists(pauses, max_size=5), st.none() | st.integers(-12, 0))


def at(hour: float) -> datetime:
    return NOW + timedelta(hours=hour)


def closed(customer: User, begins: datetime, ends: datetime | None = None) -> None:
    Closure.objects.create(customer=customer, begins=begins, ends=ends)


@pytest.fixture
def people(db: None) -> list[User]:
    return [User.objects.create_user(f"p{number}@example.com", display_name=f"P {number}") for number in range(6)]


@pytest.fixture
def orders(people: list[User]) -> list[Order]:
    step = flow.Happened("order", NOW)
    pasts = [flow.Past({"title": "x", "author": who, "bags": 1}, [step], "flour") for who in people]
    return flow.backfill(Order, pasts)


def plainly(since: datetime, found: list[tuple[int, int | None]]) -> timedelta:
    """Hour by hour, as one would with a pencil: all of them begin and end on one."""
    ranges = [(at(begin), NOW if lasts is None else at(begin + lasts)) for begin, lasts in found]
    total, moment = timedelta(0), since
    while moment < NOW:
        total += timedelta(hours=not any(begin <= moment < end for begin, end in ranges))
        moment += timedelta(hours=1)
    return total


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(each=st.lists(lives, min_size=6, max_size=6))
def test_what_is_found_due_is_what_python_reckons(
    automate: Automate, people: list[User], orders: list[Order], each: list[Any]
) -> None:
    book = automate(REMIND).book("mill.Order", "flour")
    (automation,) = book.automations
    assert isinstance(automation.trigger, After)
    assert automation.clock is not None
    Closure.objects.all().delete()
    AutomationRun.objects.all().delete()
    right = set()
    for who, order, (begun, found, last) in zip(people, orders, each, strict=True):
        since = min(at(begun), NOW)
        Order.objects.filter(pk=order.pk).update(state_since=since)
        Closure.objects.bulk_create(
            Closure(customer=who, begins=at(begin), ends=None if lasts is None else at(begin + lasts))
            for begin, lasts in found
        )
        spent = automation.clock.elapsed(order, since, NOW)
        assert spent == plainly(since, found)
        rested = True
        if last is not None:
            key = key_of(book, automation)
            AutomationRun.objects.create(automation=key, object_id=order.pk, since=since, at=at(last), outcome="acted")
            rested = automation.clock.elapsed(order, at(last), NOW) >= timedelta(hours=5)
        if spent >= automation.trigger.span and rested:
            right.add(order.pk)
    assert {match.object_id for match in due.matches(book, automation, NOW)} == right


def test_overlapping_pauses_count_once_and_open_ones_until_now(
    automate: Automate, order: Order, student: User, instructor: User
) -> None:
    automate(ONCE)
    start = order.state_since
    closed(student, start - timedelta(hours=5), start + timedelta(hours=2))  # begun before the stay
    closed(student, start + timedelta(hours=1), start + timedelta(hours=4))
    closed(student, start + timedelta(hours=2), start + timedelta(hours=3))  # within the one before
    closed(instructor, start, None)  # somebody else's
    assert tasks.run_due(start + timedelta(hours=13, minutes=59)) == 0
    closed(student, start + timedelta(hours=13), None)
    assert tasks.run_due(start + timedelta(days=9)) == 0
    Closure.objects.filter(customer=student, ends=None).update(ends=start + timedelta(hours=20))
    assert tasks.run_due(start + timedelta(hours=20, minutes=59)) == 0
    assert tasks.run_due(start + timedelta(hours=21)) == 1


def test_again_counts_on_the_clock_too(automate: Automate, order: Order, student: User) -> None:
    automate(REMIND)
    start = order.state_since
    assert tasks.run_due(start + timedelta(hours=10)) == 1
    closed(student, start + timedelta(hours=11), start + timedelta(hours=21))
    made = [tasks.run_due(start + timedelta(hours=hours)) for hours in (15, 24.9, 25, 29.9, 30)]
    assert made == [0, 0, 1, 0, 1]


def test_nobody_is_paused_by_what_is_not_there(automate: Automate, order: Order, instructor: User) -> None:
    automate(ONCE.replace("opening_hours", "reviewing"))
    closed(instructor, order.state_since, None)
    later = order.state_since + timedelta(hours=10)
    clock = clocks.for_model("mill.Order")["reviewing"]
    assert clock.elapsed(order, order.state_since, later) == timedelta(hours=10)
    assert tasks.run_due(later) == 1


def test_a_pause_entered_meanwhile_is_seen_under_the_lock(automate: Automate, order: Order, student: User) -> None:
    book = automate(ONCE).book("mill.Order", "flour")
    (automation,) = book.automations
    later = order.state_since + timedelta(hours=10)
    [match] = due.matches(book, automation, later)
    assert match.stands(order, later)
    closed(student, order.state_since, None)
    assert not Match(book, automation, order.pk, order.state_since).stands(order, later)


def test_looking_costs_one_query_with_a_clock_too(
    automate: Automate, order: Order, student: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    book = automate(REMIND).book("mill.Order", "flour")
    closed(student, timezone.now(), timezone.now() + timedelta(hours=1))
    with django_assert_num_queries(1):
        assert len(list(due.matches(book, book.automations[0], timezone.now() + timedelta(hours=12)))) == 1


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (ONCE.replace("opening_hours", "opening_hour"), "not a clock of mill.Order; did you mean opening_hours?"),
        (ONCE.replace('after = "10 hours in ordered"', 'on = "order"'), "clock goes with after"),
        (ONCE.replace('"opening_hours"', "5"), "clock: text is expected here, not 5"),
    ],
)
def test_a_clock_that_does_not_fit_is_told(written: str, said: str) -> None:
    with pytest.raises(BookErrors) as told:
        policy.load_texts({"flour.toml": TEXTS["flour.toml"] + SYSTEM_MAY + written})
    assert said in str(told.value)


def test_a_clock_says_what_it_is() -> None:
    assert clocks.for_model("mill.Order")["opening_hours"].help == "Only while the mill is open for whoever ordered."
