"""What is sent, signed how, when again, and when no more."""

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest
import respx
import time_machine
from django.utils import timezone
from django_q.models import OrmQ
from django_q.signing import SignedPackage
from standardwebhooks import Webhook

from gradus import policy
from gradus.accounts.models import User
from gradus.flow import events
from gradus.flow.automating.running import run_again
from gradus.flow.models import AutomationRun, TransitionRecord
from gradus.notify.models import Notification
from gradus.outgoing import selectors, services, tasks
from gradus.outgoing.models import Delivery, Endpoint, Off, Status, Try
from gradus.policy.checks import mistakes
from tests.conftest import MakePerson
from tests.platform.outgoing.conftest import ON_CLAIM, RULES, Send

pytestmark = pytest.mark.django_db


def tried(delivery: Delivery) -> Delivery:
    """Once more, as the worker does."""
    delivery.refresh_from_db()
    tasks.send(delivery.pk, delivery.tries)
    return Delivery.objects.get(pk=delivery.pk)


def queued(func: str = services.SEND) -> list[Any]:
    packed = [SignedPackage.loads(each.payload) for each in OrmQ.objects.order_by("pk")]
    return [task["args"] for task in packed if task["func"] == func]


def test_it_is_signed_as_the_standard_has_it(happens: Send, shop: respx.Route, endpoint: Endpoint) -> None:
    delivery = tried(happens())
    (call,) = shop.calls
    body = Webhook(endpoint.secret).verify(call.request.content, dict(call.request.headers))
    assert call.request.headers["webhook-id"] == delivery.webhook_id
    record = TransitionRecord.objects.get(transition="claim")
    assert (body["type"], body["timestamp"]) == ("mill.flour.claim", record.at.isoformat())
    assert body["data"] == {
        "model": "mill.Order", "process": "flour", "id": record.object_id, "version": 2, "transition": "claim",
        "source": "ordered", "target": "ordered", "actor": record.actor_id, "record": record.pk,
    }  # fmt: skip
    assert (delivery.status, delivery.tries, delivery.log.get().answer) == (Status.SENT, 1, "thanks")


def test_it_is_queued_with_the_run_and_once(happens: Send, shop: respx.Route) -> None:
    delivery = happens()
    assert queued() == [(delivery.pk, 0)]
    assert AutomationRun.objects.get().outcome == "acted"
    events.deliver(TransitionRecord.objects.get(transition="claim").pk)
    assert (Delivery.objects.count(), shop.called) == (1, False)


def test_a_run_that_fails_later_sends_nothing(happens: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (RULES / "flour.toml").read_text() + ON_CLAIM.replace(" }]", ' }, { apply = "approve" }]')
    with policy.using(policy.load_texts({"flour.toml": text})), pytest.raises(IndexError):
        happens()
    assert AutomationRun.objects.get().outcome == "skipped"
    assert (Delivery.objects.exists(), queued()) == (False, [])


def test_a_transition_sends_too_under_a_type_of_ones_own(happens: Send, shop: respx.Route) -> None:
    text = (RULES / "flour.toml").read_text()
    claim = 'instructor = "obj.reviewer is None"\nforbid     = "own"'
    assert claim in text
    text = text.replace(claim, claim + '\nthen = [{ webhook = "shop", type = "order.taken" }]')
    with policy.using(policy.load_texts({"flour.toml": text})):
        delivery = happens()
    assert delivery.type == json.loads(delivery.body)["type"] == "order.taken"


def test_an_endpoint_nobody_added_is_said_and_sent_to_later(happens: Send, endpoint: Endpoint) -> None:
    Endpoint.objects.update(name="shops")
    with pytest.raises(IndexError):
        happens()
    run = AutomationRun.objects.get()
    assert run.outcome == "skipped"
    assert run.note == "There is no webhook endpoint “shop”; did you mean shops?"
    Endpoint.objects.update(name="shop")
    run_again(run, now=timezone.now())
    assert Delivery.objects.count() == 1


def test_every_failure_is_tried_again_by_the_ladder_and_then_no_more(
    happens: Send, shop: respx.Route, admin: User, endpoint: Endpoint
) -> None:
    shop.mock(return_value=httpx.Response(500))
    seconds = [5, 30, 60, 300, 1200, 3600, 14400, 21600, 43200, 43200, 86400]
    with time_machine.travel("2026-03-04T08:00:00Z", tick=False):
        delivery = happens()
        for wait in seconds:
            delivery = tried(delivery)
            assert delivery.status == Status.QUEUED
            due = (delivery.due_at - timezone.now()).total_seconds()
            assert wait <= due <= wait * 1.1
        assert not Notification.objects.exists()
        delivery = tried(delivery)
    assert (delivery.status, delivery.tries, delivery.log.count()) == (Status.DEAD, 12, 12)
    assert {call.request.headers["webhook-id"] for call in shop.calls} == {delivery.webhook_id}
    endpoint.refresh_from_db()
    assert (endpoint.off, endpoint.failing_since) == ("", delivery.log.last().at)  # type: ignore[union-attr]
    told = Notification.objects.get()
    assert (told.user, told.title) == (admin, "A webhook did not reach “shop”")
    assert told.url == f"/admin/webhooks/{endpoint.pk}/"


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("120", 120),
        ("1", 5),
        ("Wed, 04 Mar 2026 08:10:00 GMT", 600),
        ("Wed, 04 Mar 2026 07:00:00 GMT", 5),
        ("999999999999999", 86400),
        ("Fri, 31 Dec 9999 23:59:59 -2359", 86400),
        ("Mon, 01 Jan 99999999999999999999 00:00:00 GMT", 5),
        ("soon", 5),
        ("-7", 5),
        ("\u00b2", 5),
    ],
)
def test_who_asks_to_be_left_alone_is(happens: Send, shop: respx.Route, said: str, seconds: int) -> None:
    shop.mock(return_value=httpx.Response(429, headers={"retry-after": said.encode()}))
    with time_machine.travel("2026-03-04T08:00:00Z", tick=False):
        delivery = tried(happens())
        due = (delivery.due_at - timezone.now()).total_seconds()
    assert delivery.status == Status.QUEUED
    assert seconds <= due <= seconds * 1.1


def test_a_test_is_signed_and_tried_once(shop: respx.Route, endpoint: Endpoint, admin: User) -> None:
    delivery = services.send_test(endpoint)
    assert delivery is not None
    assert queued() == [(delivery.pk, 0)]
    assert tried(delivery).status == Status.SENT
    (call,) = shop.calls
    body = Webhook(endpoint.secret).verify(call.request.content, dict(call.request.headers))
    assert (body["type"], body["data"]) == ("test", {})
    shop.mock(return_value=httpx.Response(500))
    again = services.send_test(endpoint)
    assert again is not None
    assert tried(again).status == Status.DEAD
    assert not Notification.objects.exists()
    assert (selectors.problems(), selectors.trouble().total) == (0, 0)
    assert (services.failed(endpoint).count(), services.send_all_again(endpoint)) == (0, 0)


def test_a_success_ends_the_failing(happens: Send, shop: respx.Route, endpoint: Endpoint) -> None:
    shop.side_effect = [httpx.Response(503), httpx.ConnectTimeout("too slow"), httpx.Response(204)]
    delivery = tried(tried(tried(happens())))
    assert delivery.status == Status.SENT
    assert [(each.status, each.error) for each in delivery.log.order_by("pk")] == [
        (503, ""), (None, "ConnectTimeout: too slow"), (204, ""),
    ]  # fmt: skip
    endpoint.refresh_from_db()
    assert endpoint.failing_since is None


def test_a_redirect_is_a_failure_and_not_followed(happens: Send, shop: respx.Route) -> None:
    shop.mock(return_value=httpx.Response(307, headers={"location": "https://other.example.com/"}))
    delivery = tried(happens())
    assert (delivery.status, delivery.log.get().status, shop.call_count) == (Status.QUEUED, 307, 1)


def test_gone_switches_it_off_at_once(happens: Send, shop: respx.Route, admin: User, endpoint: Endpoint) -> None:
    shop.mock(return_value=httpx.Response(410))
    first, second = happens(), happens()
    assert tried(first).status == Status.DEAD
    endpoint.refresh_from_db()
    second.refresh_from_db()
    assert (endpoint.off, second.status) == (Off.GONE, Status.HELD)
    assert happens().status == Status.HELD
    assert shop.call_count == 1
    assert Notification.objects.get().title == "The webhook endpoint “shop” is gone"
    assert services.send_all_again(endpoint) == 0
    services.switch_on(endpoint)
    assert services.send_all_again(endpoint) == 3
    assert tasks.queue_due() == 3


def test_switched_off_between_queueing_and_sending_it_is_held_back(
    happens: Send, shop: respx.Route, endpoint: Endpoint
) -> None:
    delivery = happens()
    Endpoint.objects.update(off=Off.BY_HAND)
    assert tried(delivery).status == Status.HELD
    assert not shop.called


def test_a_task_that_comes_late_does_nothing(happens: Send, shop: respx.Route) -> None:
    shop.mock(return_value=httpx.Response(500))
    delivery = happens()
    assert tasks.send(delivery.pk, 0) == Status.QUEUED
    assert tasks.send(delivery.pk, 0) == "taken already"
    assert shop.call_count == 1


def test_what_is_noted_too_late_changes_nothing(happens: Send, shop: respx.Route) -> None:
    """Its worker was given up, and another has tried since."""
    delivery = happens()
    slow = tasks._claim(delivery.pk, 0)
    assert slow is not None
    Delivery.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    assert tasks.queue_due() == 1
    assert tried(delivery).status == Status.SENT
    assert tasks.note(slow, tasks.Answer(500, 1.0), timezone.now()) == "overtaken"
    assert Delivery.objects.get().status == Status.SENT


def test_for_a_day_both_secrets_sign(happens: Send, shop: respx.Route, endpoint: Endpoint) -> None:
    shop.mock(return_value=httpx.Response(500))
    old, delivery = endpoint.secret, happens()
    endpoint = services.rotate(endpoint)
    assert endpoint.secret != old
    tried(delivery)
    sent = shop.calls[0].request
    for secret in (old, endpoint.secret):
        assert Webhook(secret).verify(sent.content, dict(sent.headers))
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        tried(delivery)
    assert len(shop.calls[1].request.headers["webhook-signature"].split(" ")) == 1


def test_the_poll_stays_for_short_waits_alone(
    happens: Send, shop: respx.Route, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.mock(return_value=httpx.Response(500))
    delivery = tried(happens())
    assert len(queued(tasks.SEND_DUE)) == 1
    with time_machine.travel(timezone.now(), tick=False) as clock:
        monkeypatch.setattr(tasks, "pause", clock.shift)
        Delivery.objects.update(due_at=timezone.now() + timedelta(seconds=5))
        OrmQ.objects.all().delete()
        assert tasks.send_due() == 1
        assert queued() == [(delivery.pk, 1)]
        Delivery.objects.update(tries=3, due_at=timezone.now() + timedelta(seconds=20))
        before = timezone.now()
        assert tasks.send_due() == 0
        assert timezone.now() == before


def test_only_one_poll_waits(happens: Send) -> None:
    Delivery.objects.update(due_at=timezone.now())
    tasks.cache.add(tasks.POLLING, 1)
    assert tasks.send_due() == 0


def test_one_can_be_sent_again_once_it_is_over(happens: Send, shop: respx.Route) -> None:
    delivery = happens()
    assert not services.send_again(delivery)
    delivery = tried(delivery)
    assert services.send_again(delivery)
    assert tried(delivery).status == Status.SENT
    assert shop.calls[0].request.headers["webhook-id"] == shop.calls[1].request.headers["webhook-id"]


def test_what_was_delivered_long_ago_is_forgotten(happens: Send, shop: respx.Route) -> None:
    tried(happens())
    waiting = happens()
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        tasks.sweep()
    assert list(Delivery.objects.values_list("pk", flat=True)) == [waiting.pk]
    assert not Try.objects.exists()


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ('webhook = "The shop"', "“The shop” is not the name of an endpoint"),
        ('webhook = "shop", type = "Order taken"', "write it like “request.approved”"),
        ('webhook = "shop", typ = "a"', "webhook takes no typ; did you mean type?"),
        ('webhok = "shop"', "“webhok” is not an action; did you mean webhook?"),
    ],
)
def test_a_book_is_told_what_makes_no_sense(call: str, said: str) -> None:
    text = (RULES / "flour.toml").read_text() + ON_CLAIM.replace('webhook = "shop"', call)
    found = mistakes(policy.load_texts({"flour.toml": text}))
    (problem,) = [each for each in found if each.key == "automations.1.do"]
    assert said in problem.text


def test_its_key_is_stable_and_another_on_another_site(happens: Send, settings: Any, make_person: MakePerson) -> None:
    delivery = happens()
    event = events.of(TransitionRecord.objects.get(transition="claim"))
    first = services.id_of(event, delivery.endpoint, "a")
    assert first == services.id_of(event, delivery.endpoint, "a")
    settings.BASE_URL = "https://elsewhere.example"
    assert services.id_of(event, delivery.endpoint, "a") != first
