"""Many people at once, on PostgreSQL with real threads."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from gradus import flow
from gradus.accounts.models import User
from gradus.accounts.roles import SYSTEM, Role
from gradus.flow import staging
from gradus.flow.models import Attachment, LimitUse, TransitionRecord
from tests.conftest import MakePerson
from tests.platform.flow.mill.models import Mill, Order, Stone

# One process at a time: fifty connections are half of what PostgreSQL takes unless told otherwise.
pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("connections")]


def at_once(work: Iterable[Callable[[], Any]]) -> list[Any]:
    """Start all together, each in its own thread and connection; the result or the FlowError of each."""
    calls = list(work)
    barrier = threading.Barrier(len(calls), timeout=60)

    def one(call: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            barrier.wait()
            return call()
        except (flow.FlowError, ValidationError) as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, calls))


def test_fifty_reviewers_make_exactly_one_decision(order: Order, make_person: MakePerson) -> None:
    people = [make_person(f"Reviewer{number}", Role.INSTRUCTOR) for number in range(50)]

    def deciding(number: int, person: User) -> Callable[[], Order]:
        name = "approve" if number % 2 else "reject"
        return lambda: flow.apply(order, name, by=person, note="Mine")

    results = at_once(deciding(number, person) for number, person in enumerate(people))
    assert Counter(type(result).__name__ for result in results) == {"Order": 1, "NotNow": 49}
    records = flow.history(order)
    assert records.done().first().transition == "order"  # type: ignore[union-attr]
    assert records.done().count() == 2
    assert records.refused().filter(outcome="not_now").values("actor").distinct().count() == 49
    now = Order.objects.get()
    assert (now.version, now.state) == (2, records.done().last().target)  # type: ignore[union-attr]


def test_with_an_expected_version_the_late_ones_learn_who_was_first(order: Order, make_person: MakePerson) -> None:
    people = [make_person(f"Reviewer{number}", Role.INSTRUCTOR) for number in range(8)]
    results = at_once(
        (lambda person=person: flow.apply(order, "claim", by=person, expect_version=1)) for person in people
    )
    assert Counter(type(result).__name__ for result in results) == {"Order": 1, "Stale": 7}


def test_a_limit_holds_when_everybody_files_at_once(student: User) -> None:
    def file() -> Order:
        return flow.create(Order, "order", by=student, kind="flour", title="Bread", bags=1)

    results = at_once(file for _ in range(16))
    assert Counter(type(result).__name__ for result in results) == {"Order": 5, "Limited": 11}
    assert Order.objects.count() == LimitUse.objects.count() == 5
    assert TransitionRecord.objects.done().count() == 5


def test_nobody_stages_more_files_than_there_is_room_for(student: User, settings: Any, tmp_path: Path) -> None:
    settings.PRIVATE_ROOT = tmp_path
    for number in range(staging.STAGED_AT_ONCE - 3):
        staging.stage(SimpleUploadedFile(f"{number}.txt", b"words"), owner=student)
    results = at_once(
        (lambda: staging.stage(SimpleUploadedFile("late.txt", b"words"), owner=student)) for _ in range(12)
    )
    assert Counter(type(result).__name__ for result in results) == {"Attachment": 3, "ValidationError": 9}
    assert Attachment.objects.count() == staging.STAGED_AT_ONCE
    assert sum(path.is_file() for path in tmp_path.rglob("*")) == staging.STAGED_AT_ONCE  # the refused left nothing


def test_changes_that_touch_each_other_do_not_deadlock(mill: Mill, student: User) -> None:
    """Each retires one stone and locks the others, in one order whichever was named first."""
    stones = [flow.create(Stone, "set_up", by=student, mill=mill) for _ in range(6)]
    results = at_once((lambda stone=stone: flow.apply(stone, "retire", by=SYSTEM)) for stone in stones)
    assert Counter(type(result).__name__ for result in results) == {"Stone": 6}


def test_a_lock_does_not_hold_up_rows_that_point_to_its_owner(order: Order, student: User) -> None:
    """The owner's row is locked against writers, not against foreign keys to it."""
    with flow.together(order, student):
        (other,) = at_once([lambda: Mill.objects.create(name="Lower mill", owner=student)])
    assert other.pk
