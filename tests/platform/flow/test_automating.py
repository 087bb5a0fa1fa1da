"""Automations at work: on events, after a while, by the calendar; each match dealt with once."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from gradus import flow, policy
from gradus.accounts.models import User
from gradus.accounts.roles import SYSTEM
from gradus.flow import events
from gradus.flow.automating import due, tasks
from gradus.flow.models import AutomationRun
from gradus.policy import actions as registry
from gradus.policy.automations import Every
from gradus.policy.checks import mistakes
from tests.platform.flow.conftest import RULES
from tests.platform.flow.mill import actions
from tests.platform.flow.mill.models import Order

Outcome = AutomationRun.Outcome
Automate = Callable[[str], policy.RuleSet]
LATER = timedelta(days=3)
TEXTS = {path.name: path.read_text() for path in RULES.glob("*.toml")}
SYSTEM_MAY = """
[transitions.lapse]
label  = "Lapse"
from   = ["ordered"]
to     = "rejected"
system = "small"
[transitions.reopen]
label  = "Reopen"
from   = ["rejected"]
to     = "ordered"
system = "always"
"""


@pytest.fixture
def automate() -> Iterator[Automate]:
    """Put these automations into the book of flour orders."""
    before = policy.active()

    def write(text: str) -> policy.RuleSet:
        return policy.activate(policy.load_texts({**TEXTS, "flour.toml": TEXTS["flour.toml"] + SYSTEM_MAY + text}))

    actions.heard()
    yield write
    policy.activate(before)
    actions.heard()


def told(order: Order) -> None:
    """Do what the worker would after the newest transition."""
    events.deliver(flow.history(order).done().order_by("-version")[0].pk)


def outcomes() -> list[str]:
    return list(AutomationRun.objects.order_by("pk").values_list("outcome", flat=True))


ON = """
[[automations]]
id = "ring"
on = "claim"
if = "obj.bags <= 3"
live = true
do = [{ ring = "author", times = 5 }]
"""


def test_an_event_sets_it_off_once(automate: Automate, order: Order, instructor: User) -> None:
    automate(ON)
    claimed = flow.apply(order, "claim", by=instructor)
    told(claimed)
    told(claimed)
    assert actions.heard() == [(order.pk, "author", 5)]
    run = AutomationRun.objects.get()
    assert (run.outcome, run.object_id, run.automation) == ("acted", order.pk, "mill.Order/flour#ring")
    assert run.record == flow.history(order).order_by("-version")[0]


def test_what_its_condition_does_not_mean_leaves_no_trace(automate: Automate, student: User, instructor: User) -> None:
    automate(ON)
    order = flow.create(Order, "order", by=student, kind="flour", title="For cake", bags=4)
    told(flow.apply(order, "claim", by=instructor))
    assert (actions.heard(), outcomes()) == ([], [])


def test_until_it_is_live_it_says_what_it_would_have_done(automate: Automate, order: Order, instructor: User) -> None:
    automate(ON.replace("live = true", ""))
    told(flow.apply(order, "claim", by=instructor))
    assert (actions.heard(), outcomes()) == ([], [Outcome.WOULD])


LAPSE = """
[[automations]]
id = "lapse"
after = "2 days in ordered"
live = true
do = [{ apply = "lapse" }]
"""


def test_after_a_while_a_transition_is_made_by_the_platform(automate: Automate, order: Order) -> None:
    automate(LAPSE)
    assert tasks.run_due() == 0
    assert tasks.run_due(timezone.now() + LATER) == 1
    last = flow.history(order).order_by("-version")[0]
    assert (last.transition, last.role, last.actor) == ("lapse", "system", None)
    assert tasks.run_due(timezone.now() + LATER) == 0
    assert outcomes() == [Outcome.ACTED]


def test_what_it_would_have_done_is_done_once_it_is_live(automate: Automate, order: Order, student: User) -> None:
    """Tried first, on what is there; then live: it acts on that, once, and a refusal takes the place of the try."""
    big = flow.create(Order, "order", by=student, kind="flour", title="A lot", bags=400)
    automate(LAPSE.replace("live = true\n", ""))
    later = timezone.now() + LATER
    assert tasks.run_due(later) == 2
    assert (tasks.run_due(later), outcomes()) == (0, [Outcome.WOULD] * 2)
    automate(LAPSE)
    assert tasks.run_due(later) == 2
    assert Order.objects.get(pk=order.pk).state == "rejected"
    assert AutomationRun.objects.get(object_id=order.pk).outcome == Outcome.ACTED
    refused = AutomationRun.objects.get(object_id=big.pk)
    assert (refused.outcome, "more than a hundred bags" in refused.note) == (Outcome.SKIPPED, True)
    assert tasks.run_due(later) == 0
    assert AutomationRun.objects.count() == 2


def test_a_new_stay_counts_anew(automate: Automate, order: Order) -> None:
    automate(LAPSE)
    tasks.run_due(timezone.now() + LATER)
    flow.apply(Order.objects.get(), "reopen", by=SYSTEM)
    Order.objects.update(state_since=timezone.now() + timedelta(seconds=5))
    assert tasks.run_due(timezone.now() + LATER) == 1
    assert outcomes() == [Outcome.ACTED] * 2


def test_a_refusal_is_kept_with_its_reason_and_stops_nothing(automate: Automate, order: Order, student: User) -> None:
    big = flow.create(Order, "order", by=student, kind="flour", title="A lot", bags=400)
    automate(LAPSE)
    assert tasks.run_due(timezone.now() + LATER) == 2
    refused = AutomationRun.objects.get(object_id=big.pk)
    assert (refused.outcome, "more than a hundred bags" in refused.note) == (Outcome.SKIPPED, True)
    assert Order.objects.get(pk=order.pk).state == "rejected"
    assert flow.history(big).filter(outcome="denied", transition="lapse").exists()


def test_what_fails_is_kept_with_its_traceback_and_leaves_nothing_half_done(
    automate: Automate, order: Order, student: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = flow.create(Order, "order", by=student, kind="flour", title="Another", bags=2)
    automate(
        LAPSE.replace("do = [", 'do = [{ apply = "lapse" }, { ring = "author", times = 1 }, ').replace(
            ', { apply = "lapse" }]', "]"
        )
    )
    ring = actions.ring

    def breaks(event: events.Event, target: str, *, times: int) -> None:
        if event.object_id == order.pk:
            raise ZeroDivisionError("no bell")
        ring(event, target, times=times)

    monkeypatch.setattr(registry, "get", instead("ring", breaks))
    tasks.run_due(timezone.now() + LATER)
    failed = AutomationRun.objects.get(object_id=order.pk)
    assert (failed.outcome, "no bell" in failed.note) == (Outcome.FAILED, True)
    assert "ZeroDivisionError" in failed.traceback
    assert Order.objects.get(pk=order.pk).state == "ordered"
    assert Order.objects.get(pk=other.pk).state == "rejected"
    assert actions.heard() == [(other.pk, "author", 1)]


def instead(name: str, run: Callable[..., None]) -> Callable[[str], Any]:
    real = registry.get

    def get(asked: str) -> Any:
        found = real(asked)
        return replace(found, run=run) if found is not None and asked == name else found

    return get


def test_again_repeats_it_in_the_same_stay(automate: Automate, order: Order) -> None:
    automate(
        '[[automations]]\nid = "remind"\nafter = "2 days in ordered"\nagain = "1 day"\nlive = true\n'
        'do = [{ ring = "author", times = 1 }]'
    )
    start = timezone.now()
    made = [tasks.run_due(start + timedelta(days=days)) for days in (1, 2.1, 2.5, 3.2, 3.9, 4.3)]
    assert made == [0, 1, 0, 1, 0, 1]
    assert list(AutomationRun.objects.order_by("turn").values_list("turn", flat=True)) == [0, 1, 2]


def test_an_effect_does_not_set_itself_off(automate: Automate, order: Order) -> None:
    automate(
        LAPSE + '[[automations]]\nid = "back"\non = "* -> rejected"\nlive = true\ndo = [{ apply = "reopen" }]\n'
        '[[automations]]\nid = "forth"\non = "* -> ordered"\nlive = true\ndo = [{ apply = "lapse" }]\n'
    )
    tasks.run_due(timezone.now() + LATER)
    for _ in range(12):
        told(Order.objects.get())
    by_name = AutomationRun.objects.order_by("pk").values_list("automation", "outcome", "note")
    assert [(name.split("#")[1], outcome) for name, outcome, _note in by_name] == [
        ("lapse", "acted"), ("back", "acted"), ("forth", "acted"), ("back", "stopped"),
    ]  # fmt: skip
    assert by_name[3][2] == "This is its own effect."


def test_the_calendar_sets_it_off_once_for_what_is_meant(automate: Automate, order: Order, student: User) -> None:
    flow.create(Order, "order", by=student, kind="flour", title="A lot", bags=400)
    automate(
        '[[automations]]\nid = "daily"\nevery = "day at 07:00"\nif = "obj.bags > 100"\nlive = true\n'
        'do = [{ ring = "author", times = 1 }]'
    )
    seven = (timezone.now() + timedelta(days=1)).replace(hour=7, minute=0, second=0, microsecond=0)
    made = [tasks.run_due(seven + timedelta(minutes=minutes)) for minutes in (-1, 0, 5, 61, 24 * 60 + 1)]
    assert made == [0, 1, 0, 0, 1]


@pytest.mark.parametrize(
    ("trigger", "tick"),
    [
        (Every(time(7, 30)), "2026-03-04T07:30"),
        (Every(time(7, 30), weekday=0), "2026-03-02T07:30"),
        (Every(time(7, 30), weekday=2), "2026-03-04T07:30"),
        (Every(time(7, 30), day=5), "2026-02-05T07:30"),
        (Every(time(9)), "2026-03-03T09:00"),
    ],
)
def test_the_moment_a_calendar_names(settings: Any, trigger: Every, tick: str) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    zone = timezone.get_default_timezone()
    now = datetime(2026, 3, 4, 8, 15, tzinfo=zone)  # a Wednesday
    assert due.latest(trigger, now) == datetime.fromisoformat(tick).replace(tzinfo=zone)


def test_looking_costs_one_query_however_many_wait(
    automate: Automate, student: User, instructor: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    (automation,) = (book := automate(LAPSE).book("mill.Order", "flour")).automations
    now = timezone.now() + LATER
    for number in range(4):
        flow.create(Order, "order", by=student, kind="flour", title=f"No. {number}", bags=1)
        with django_assert_num_queries(1):
            assert len(list(due.matches(book, automation, now))) == number + 1


def test_a_book_is_told_what_the_platform_may_not_do(automate: Automate) -> None:
    said = [str(problem) for problem in mistakes(automate(LAPSE.replace('"lapse" }', '"claim" }')))]
    assert any("claim has no row for system" in problem for problem in said)
    said = [str(problem) for problem in mistakes(automate(LAPSE.replace('apply = "lapse"', 'rang = "x"')))]
    assert any("“rang” is not an action; did you mean ring?" in problem for problem in said)
