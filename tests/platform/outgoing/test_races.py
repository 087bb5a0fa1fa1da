"""Workers at the same deliveries at once, and one that dies before it could note what it sent."""

import os
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone
from django_q.models import OrmQ
from django_q.signing import SignedPackage

from gradus.outgoing import sending, services, tasks
from gradus.outgoing.models import Delivery, Endpoint, Status, Try
from gradus.outgoing.sending import Answer
from tests.platform.flow.test_races import at_once
from tests.platform.outgoing.conftest import URL

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("connections")]


@pytest.fixture
def due(db: None) -> list[Delivery]:
    """Twenty deliveries whose next try has come."""
    endpoint = Endpoint.objects.create(name="shop", url=URL, secret=services.new_secret())
    return [
        Delivery.objects.create(
            endpoint=endpoint, webhook_id=f"msg_{number}", type="a.b", body="{}", about_model="mill.Order",
            about_id=number, tries=number % 3, due_at=timezone.now() - timedelta(seconds=1),
        )
        for number in range(20)
    ]  # fmt: skip


def tasks_queued() -> list[tuple[int, int]]:
    return [SignedPackage.loads(each.payload)["args"] for each in OrmQ.objects.all()]


def test_eight_polls_at_once_queue_each_delivery_once(due: list[Delivery]) -> None:
    assert sum(at_once([tasks.queue_due] * 8)) == len(due)
    assert sorted(tasks_queued()) == sorted((each.pk, each.tries) for each in due)


def test_eight_workers_with_the_same_task_send_it_once(due: list[Delivery], monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []

    def post(_url: str, headers: dict[str, str], _body: str) -> Answer:
        sent.append(headers["webhook-id"])
        return Answer(500 if headers["webhook-id"].endswith("3") else 200, 0.1)

    monkeypatch.setattr(sending, "post", post)
    delivery = due[0]
    results = at_once([lambda: tasks.send(delivery.pk, 0)] * 8)
    assert Counter(results) == {"sent": 1, "taken already": 7}
    failing = due[3]
    results = at_once([lambda: tasks.send(failing.pk, 0)] * 8)
    assert Counter(results) == {"queued": 1, "taken already": 7}
    assert sent == [delivery.webhook_id, failing.webhook_id]


def test_a_worker_killed_before_it_noted_sends_again_under_the_same_id(
    due: list[Delivery], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery, log = due[0], tmp_path / "sent"

    def post(_url: str, headers: dict[str, str], _body: str) -> Answer:
        with log.open("a") as lines:
            lines.write(headers["webhook-id"] + "\n")
        return Answer(200, 0.1)

    monkeypatch.setattr(sending, "post", post)
    connections.close_all()
    child = os.fork()
    if child == 0:
        _die_instead_of_noting()
        tasks.send(delivery.pk, 0)
        os._exit(0)
    _child, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 9
    delivery.refresh_from_db()
    assert (delivery.status, delivery.tries, Try.objects.count()) == (Status.SENDING, 1, 0)
    Delivery.objects.exclude(pk=delivery.pk).delete()
    assert tasks.queue_due() == 0
    Delivery.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    assert tasks.queue_due() == 1
    assert tasks_queued() == [(delivery.pk, 1)]
    assert tasks.send(delivery.pk, 1) == Status.SENT
    assert log.read_text().split() == [delivery.webhook_id] * 2


def _die_instead_of_noting() -> None:
    def last(*_args: Any) -> str:
        os._exit(9)

    tasks.note = last  # in the child alone
