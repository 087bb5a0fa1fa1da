"""Very many things are moved in the background, a batch at a time, and the page says how far it is."""

import itertools
import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from gradus import flow
from gradus.accounts.models import User
from gradus.accounts.roles import Actor, Role
from gradus.flow import moving
from gradus.flow.models import TransitionRecord
from gradus.flow.shapes import MIGRATE
from gradus.rulebook import editions, live, publishing
from gradus.rulebook.crossing import going
from tests.platform.rulebook.conftest import REFUND
from tests.platform.rulebook.test_editions import KEY, MAPPING, Publish, filed, publish, renamed, second
from workflows.requests.models import Request

__all__ = ["filed", "publish", "renamed", "second"]
pytestmark = pytest.mark.usefixtures("in_force")
Tasks = list[tuple[Any, ...]]


@pytest.fixture
def tasks(monkeypatch: pytest.MonkeyPatch) -> Tasks:
    """What was queued; each batch is one thing, and each task has time for one batch."""
    queued: Tasks = []
    monkeypatch.setattr(going, "enqueue", lambda *task: queued.append(task))
    monkeypatch.setattr(going, "AT_ONCE", 1)
    monkeypatch.setattr(going, "A_WHILE", 2)
    monkeypatch.setattr(moving, "BATCH", 1)
    monkeypatch.setattr(going, "monotonic", itertools.count().__next__)
    cache.clear()
    return queued


def ask_for_it(desk: Client) -> str:
    address = reverse("rulebook_edition", args=[KEY])
    (seen,) = re.findall(r'name="seen" value="([^"]+)"', desk.get(address, MAPPING).content.decode())
    return desk.post(address, {**MAPPING, "seen": seen}, follow=True).content.decode()


def work(tasks: Tasks) -> None:
    function, *args = tasks.pop(0)
    function(*args)


def work_all(tasks: Tasks) -> None:
    while tasks:
        work(tasks)


def kinds() -> list[str]:
    return list(Request.objects.order_by("pk").values_list("kind", flat=True))


def test_a_batch_at_a_time_is_moved_and_the_page_says_how_far_it_is(
    desk: Client, filed: list[Request], second: str, publish: Publish, tasks: Tasks
) -> None:
    publish(second)
    page = ask_for_it(desk)
    assert "being moved in the background" in page
    assert f"0 of {len(filed)} are moved" in page
    assert set(kinds()) == {"refund"}
    work(tasks)
    assert kinds().count("refund-2") == 1
    assert f"1 of {len(filed)} are moved" in desk.get(reverse("rulebook_editions")).content.decode()
    work_all(tasks)
    assert set(kinds()) == {"refund-2"}
    assert TransitionRecord.objects.filter(transition=MIGRATE).count() == len(filed)
    assert "are moved" not in desk.get(reverse("rulebook_editions")).content.decode()


def test_a_task_that_runs_twice_moves_nothing_twice(
    desk: Client, filed: list[Request], second: str, publish: Publish, tasks: Tasks
) -> None:
    publish(second)
    ask_for_it(desk)
    tasks.append(tasks[0])
    work_all(tasks)
    assert TransitionRecord.objects.filter(transition=MIGRATE).count() == len(filed)
    assert {request.version for request in Request.objects.all()} == {2}


def test_nobody_begins_what_is_going_on(
    desk: Client, filed: list[Request], second: str, publish: Publish, tasks: Tasks
) -> None:
    publish(second)
    ask_for_it(desk)
    assert "They are being moved already." in ask_for_it(desk)
    assert len(tasks) == 1


def test_what_could_not_be_begun_can_be_begun_again(
    desk: Client, filed: list[Request], second: str, publish: Publish, tasks: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_task: Any) -> None:
        raise OSError("The queue is away.")

    publish(second)
    queue = going.enqueue
    monkeypatch.setattr(going, "enqueue", away)
    with pytest.raises(OSError, match="away"):
        ask_for_it(desk)
    monkeypatch.setattr(going, "enqueue", queue)
    assert "being moved in the background" in ask_for_it(desk)


def test_what_changes_meanwhile_stops_it_between_two_batches_and_says_why(
    desk: Client, filed: list[Request], second: str, publish: Publish, tasks: Tasks, instructor: User
) -> None:
    publish(second)
    ask_for_it(desk)
    work(tasks)
    flow.apply(filed[-1], "approve", by=instructor)  # a state the mapping does not name
    work_all(tasks)
    page = desk.get(reverse("rulebook_editions")).content.decode()
    assert "has changed meanwhile. Look at the mapping again." in page
    assert kinds()[-1] == "refund"
    assert "refund-2" in kinds()
    assert TransitionRecord.objects.filter(transition=MIGRATE).count() == kinds().count("refund-2")


def test_what_stopped_is_forgotten_once_the_rest_is_moved(
    desk: Client, filed: list[Request], second: str, publish: Publish, tasks: Tasks, instructor: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    publish(second)
    ask_for_it(desk)
    flow.apply(filed[-1], "approve", by=instructor)
    work_all(tasks)
    assert "It stopped" in desk.get(reverse("rulebook_editions")).content.decode()
    monkeypatch.setattr(going, "AT_ONCE", 100)
    monkeypatch.setitem(MAPPING, "state-approved", "approved")
    ask_for_it(desk)
    assert set(kinds()) == {"refund-2"}
    assert "It stopped" not in desk.get(reverse("rulebook_editions")).content.decode()


def test_rules_that_change_meanwhile_stop_it(
    desk: Client, filed: list[Request], second: str, publish: Publish, tasks: Tasks
) -> None:
    publish(second)
    ask_for_it(desk)
    publish(second.replace("allow = 3", "allow = 4"))
    work(tasks)
    assert tasks == []
    assert set(kinds()) == {"refund"}
    assert "The rules have changed since you looked" in desk.get(reverse("rulebook_editions")).content.decode()


@pytest.mark.parametrize("told", [True, False])
def test_another_edition_that_begins_meanwhile_stops_it(
    desk: Client, filed: list[Request], second: str, publish: Publish, tasks: Tasks, admin: User, told: bool
) -> None:
    """Also one that this process was not told of, and that has no place for what the mapping names."""
    publish(second)
    ask_for_it(desk)
    third = editions.begin(re.sub(r"\bfiled\b", "handed_in", second), 3)
    assert third is not None
    if told:
        publish(third)
    else:
        publishing.publish({REFUND: third}, by=admin, note="Another still")
        cache.delete(live.KEY)
    work(tasks)
    assert tasks == []
    assert set(kinds()) == {"refund"}
    stopped = going.of("requests.Request", "refund")
    assert stopped is not None
    assert "The rules have changed since you looked" in stopped.stopped


def test_a_task_that_comes_again_when_all_is_over_says_nothing(
    desk: Client, filed: list[Request], second: str, publish: Publish, tasks: Tasks
) -> None:
    publish(second)
    ask_for_it(desk)
    late = tasks[0]
    work_all(tasks)
    publish(second.replace("allow = 3", "allow = 4"))  # which leaves the first edition out: nothing is filed under it
    tasks.append(late)
    work(tasks)
    assert tasks == []
    assert going.of("requests.Request", "refund") is None
    assert TransitionRecord.objects.filter(transition=MIGRATE).count() == len(filed)


@pytest.mark.parametrize("at_once", [1, 100])
@pytest.mark.parametrize("sent", [{}, {"seen": ""}, {"seen": "another"}])
def test_nothing_is_moved_by_whoever_has_not_looked(
    desk: Client, filed: list[Request], second: str, publish: Publish, tasks: Tasks,
    monkeypatch: pytest.MonkeyPatch, at_once: int, sent: dict[str, str],
) -> None:  # fmt: skip
    publish(second)
    monkeypatch.setattr(going, "AT_ONCE", at_once)
    answer = desk.post(reverse("rulebook_edition", args=[KEY]), {**MAPPING, **sent}, follow=True)
    assert "The rules have changed since you looked" in answer.content.decode()
    assert tasks == []
    assert set(kinds()) == {"refund"}


def test_whoever_is_no_administrator_any_more_moves_nothing(
    desk: Client, filed: list[Request], second: str, publish: Publish, tasks: Tasks, admin: User
) -> None:
    publish(second)
    ask_for_it(desk)
    admin.groups.clear()
    work(tasks)
    assert set(kinds()) == {"refund"}
    stopped = going.of("requests.Request", "refund")
    assert stopped is not None
    assert stopped.stopped == "Whoever began this may not change rules any more."


def test_one_batch_is_whole_or_not_at_all(
    filed: list[Request], second: str, publish: Publish, admin: User, instructor: User
) -> None:
    publish(second)
    flow.apply(filed[-1], "approve", by=instructor)
    crossing = moving.Crossing(Request, "refund", {"submitted": "filed"}, {})
    with pytest.raises(flow.NotNow):
        moving.migrate_next(crossing, by=Actor(admin, Role.ADMIN), seen=crossing.versions)
    assert set(kinds()) == {"refund"}
