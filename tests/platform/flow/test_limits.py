"""Limits of books, and the counters beside the history."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command

from gradus import flow, policy
from gradus.accounts.models import User
from gradus.flow import limits, periods
from gradus.flow.models import LimitUse, TransitionRecord
from gradus.policy.process import Calendar, Rolling
from tests.platform.flow.conftest import RULES
from tests.platform.flow.mill.models import Mill, Order, Stone

FLOUR = (RULES / "flour.toml").read_text()


def order_some(person: User, count: int) -> None:
    for _ in range(count):
        flow.create(Order, "order", by=person, kind="flour", title="Bread", bags=1)


def test_the_sixth_order_of_a_month_is_refused_and_the_next_month_is_new(student: User, other_student: User) -> None:
    with time_machine.travel("2026-01-31T12:00:00Z", tick=False) as clock:
        order_some(student, 5)
        with pytest.raises(flow.Limited) as caught:
            order_some(student, 1)
        assert caught.value.status == 429
        assert caught.value.reasons[0] == "You have ordered five times this month."
        assert "Feb. 1, 2026, midnight" in caught.value.reasons[1]
        order_some(other_student, 1)
        clock.move_to("2026-02-01T00:00:00Z")
        order_some(student, 1)
    assert TransitionRecord.objects.get(outcome="limited").object_id is None


def test_a_rolling_limit_counts_elapsed_time(stone: Stone, student: User) -> None:
    start = datetime(2026, 3, 1, 12, tzinfo=UTC)
    for hours in (0, 1, 2):
        turned = flow.apply(stone, "turn", by=student, grain="rye", now=start + timedelta(hours=hours))
        stone = flow.apply(turned, "stop", by=student, now=start + timedelta(hours=hours))
    with pytest.raises(flow.Limited):
        flow.apply(stone, "turn", by=student, grain="rye", now=start + timedelta(hours=23, minutes=59))
    flow.apply(stone, "turn", by=student, grain="rye", now=start + timedelta(hours=24))


def test_an_offer_says_that_its_limit_is_used_up(stone: Stone, student: User) -> None:
    for _ in range(3):
        stone = flow.apply(flow.apply(stone, "turn", by=student, grain="rye"), "stop", by=student)
    (turn,) = (offer for offer in flow.offers(stone, student) if offer.name == "turn")
    assert not turn.allowed
    assert turn.shown
    assert "three turns a day" in turn.reasons[0]


@pytest.mark.parametrize(
    ("per", "first", "over"),
    [
        (Calendar("day"), "2026-05-14", "2026-05-15"),
        (Calendar("week"), "2026-05-11", "2026-05-18"),
        (Calendar("month"), "2026-05-01", "2026-06-01"),
        (Calendar("quarter"), "2026-04-01", "2026-07-01"),
        (Calendar("year"), "2026-01-01", "2027-01-01"),
    ],
)
def test_calendar_periods(per: Calendar, first: str, over: str) -> None:
    moment = datetime(2026, 5, 14, 15, 30, tzinfo=UTC)
    assert periods.start(per, moment).isoformat() == f"{first}T00:00:00+00:00"
    assert periods.over(per, moment).isoformat() == f"{over}T00:00:00+00:00"


def test_a_rolling_period_is_over_after_its_span() -> None:
    moment = datetime(2026, 5, 14, tzinfo=UTC)
    assert periods.over(Rolling(timedelta(days=180)), moment) == moment + timedelta(days=180)


def test_state_version_and_counters_equal_the_history(mill: Mill, student: User, instructor: User) -> None:
    order_some(student, 2)
    flow.apply(Order.objects.earliest("pk"), "approve", by=instructor)
    stone = flow.create(Stone, "set_up", by=student, mill=mill)
    flow.apply(flow.apply(stone, "turn", by=student, grain="rye"), "oil", by=student)
    row = flow.Past(
        {"mill": mill, "miller": student},
        [
            flow.Happened("set_up", stone.created_at, by=student),
            flow.Happened("turn", stone.created_at + timedelta(1), by=student),
        ],
    )
    flow.backfill(Stone, [row])
    for obj in [*Order.objects.all(), *Stone.objects.all()]:
        lived = list(flow.history(obj).done())
        moved = [record for record in lived if record.source != record.target]
        assert (obj.state, obj.version) == (lived[-1].target, len(lived))
        assert [record.version for record in lived] == list(range(1, len(lived) + 1))
        assert obj.state_since == moved[-1].at
    counted = TransitionRecord.objects.done().filter(transition__in=["order", "turn"])
    expected = {(record.pk, record.at, str(student.pk)) for record in counted}
    assert set(LimitUse.objects.values_list("record", "at", "owner")) == expected
    LimitUse.objects.all().delete()
    call_command("flow", "recount", stdout=StringIO())
    assert set(LimitUse.objects.values_list("record", "at", "owner")) == expected


def test_two_answers_that_name_people_are_counted_apart() -> None:
    people = '[process.fields.for_whom]\ntype = "person"\n[process.fields.paid_by]\ntype = "person"\n'
    book = FLOUR.replace("[process.states]", f"{people}[process.states]")
    limit = '\n[[limits]]\nid = "{0}"\non = "order"\nallow = 1\nper = "1 day"\nof = "obj.{1}"\nsay = "No."\n'
    text = book + limit.format("a", "for_whom") + limit.format("b", "paid_by")
    declared = policy.load_texts({"flour.toml": text}).book("mill.Order", "flour")
    keys = [limits.key(limit, Order(kind="flour")) for limit in declared.limits[-2:]]
    assert keys == ["mill.Order/flour#order@answers.for_whom", "mill.Order/flour#order@answers.paid_by"]
