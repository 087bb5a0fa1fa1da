"""The outbox: written in the transaction, read by every process, no line lost and none twice."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from gradus.accounts.models import User
from gradus.notify import live, tasks
from gradus.notify.models import Change
from gradus.notify.tail import LATE, Tail, latest


def seen(tail: Tail) -> list[str]:
    return [row.object_id for row in tail.look()]


@pytest.mark.django_db
def test_a_line_is_handed_out_once_and_older_ones_not_at_all() -> None:
    live.changed("thing", "before", 1)
    tail = Tail()
    live.changed("thing", "a", 1)
    live.changed("thing", "b", 1)
    assert seen(tail) == ["a", "b"]
    assert seen(tail) == []


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_change_is_never_announced() -> None:
    tail = Tail()
    with transaction.atomic():
        live.changed("thing", "never", 1)
        transaction.set_rollback(True)
    live.changed("thing", "real", 1)
    assert seen(tail) == ["real"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_overlapping_transactions_that_commit_in_reverse_order_are_both_seen() -> None:
    tail = Tail()
    first_wrote, second_committed = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            live.changed("thing", "slow", 1)
            first_wrote.set()
            assert second_committed.wait(10)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert first_wrote.wait(10)
    live.changed("thing", "quick", 1)
    assert seen(tail) == ["quick"]
    second_committed.set()
    thread.join()
    ids = list(Change.objects.order_by("id").values_list("object_id", flat=True))
    assert ids == ["slow", "quick"]  # the slow one really came behind
    assert seen(tail) == ["slow"]
    assert seen(tail) == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_process_that_starts_during_a_slow_transaction_sees_it_too() -> None:
    wrote, go = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            live.changed("thing", "slow", 1)
            wrote.set()
            assert go.wait(10)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert wrote.wait(10)
    live.changed("thing", "quick", 1)
    tail = Tail()
    go.set()
    thread.join()
    assert seen(tail) == ["slow"]


@pytest.mark.django_db
def test_a_missing_line_is_not_waited_for_for_ever() -> None:
    clock = [0.0]
    tail = Tail(clock=lambda: clock[0])
    rolled_back = Change.objects.create(group="g", type="thing", object_id="gone", version=1)
    live.changed("thing", "next", 1)
    Change.objects.filter(pk=rolled_back.pk).delete()
    assert seen(tail) == ["next"]
    assert rolled_back.pk in tail._missing
    clock[0] = LATE + 1
    assert seen(tail) == []
    assert not tail._missing


@pytest.mark.django_db
def test_many_versions_of_one_thing_become_one_message() -> None:
    tail = Tail()
    for version in (1, 3, 2):
        live.changed("thing", 7, version)
    live.changed("thing", 8, 1)
    assert [(row.object_id, row.version) for row in latest(tail.look())] == [("7", 3), ("8", 1)]


@pytest.mark.django_db
def test_a_change_for_people_goes_to_each_of_them_and_to_nobody_else(student: User, instructor: User) -> None:
    live.changed("bell", student.pk, 1, users=[student.pk, instructor.pk])
    groups = set(Change.objects.values_list("group", flat=True))
    assert groups == {live.person(student.pk), live.person(instructor.pk)}


@pytest.mark.django_db
def test_old_lines_are_swept() -> None:
    live.changed("thing", "old", 1)
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        live.changed("thing", "new", 1)
        tasks.sweep()
    assert list(Change.objects.values_list("object_id", flat=True)) == ["new"]
