"""What a worker does for webhooks. Arguments are ids, and every task may run twice without harm.

`Delivery` is the due-table. `send_due` polls it every minute and stays while something is due within that minute, so
that tries after 5 and 30 seconds come in time and at most one worker waits for them, however many endpoints are down.
"""

import time
from datetime import datetime, timedelta
from random import SystemRandom

from django.core.cache import cache
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from standardwebhooks import Webhook

from gradus.accounts.models import User
from gradus.accounts.roles import Role
from gradus.core.tasks import enqueue
from gradus.notify.services import notify
from gradus.outgoing import sending, services
from gradus.outgoing.models import TEST, UNDER_WAY, Delivery, Endpoint, Off, Status, Try
from gradus.outgoing.sending import Answer
from gradus.outgoing.services import SEND, SILENCE

# How long to wait after the first, second ... failure; after the last it has failed for good.
LADDER = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 30, 60, 300, 1200, 3600, 4 * 3600, 6 * 3600, 12 * 3600, 12 * 3600, 24 * 3600)
)
JITTER = 0.1  # up to so much longer, so that what failed together does not come back together
SOON = timedelta(seconds=60)  # what is due within is waited for
STAY = 50.0  # seconds a poll lasts at most
STEP = 1.0
AT_ONCE = 500
KEEP = timedelta(days=30)
GONE = 410
SEND_DUE = "gradus.outgoing.tasks.send_due"
POLLING = "outgoing.polling"
_random = SystemRandom()


def send(delivery_id: int, number: int) -> str:
    """Try for the (number + 1)th time; returns what became of it. A task that comes too late does nothing."""
    delivery = _claim(delivery_id, number)
    if delivery is None:
        return "taken already"
    if delivery.endpoint.off:
        return _settle(delivery, Status.HELD)
    at = timezone.now()
    answer = sending.post(delivery.endpoint.url, headers_of(delivery, at), delivery.body)
    return note(delivery, answer, at)


def _claim(delivery_id: int, number: int) -> Delivery | None:
    """Only one task gets it: the number of tries is part of the condition and changes with it."""
    free = Delivery.objects.filter(pk=delivery_id, status=Status.QUEUED, tries=number)
    if not free.update(status=Status.SENDING, tries=F("tries") + 1, due_at=timezone.now() + SILENCE):
        return None
    return Delivery.objects.select_related("endpoint").get(pk=delivery_id)


def headers_of(delivery: Delivery, at: datetime) -> dict[str, str]:
    """As Standard Webhooks has them; signed with both secrets for a while after a change."""
    endpoint = delivery.endpoint
    both = [endpoint.secret]
    if endpoint.old_secret_until is not None and at < endpoint.old_secret_until:
        both.append(endpoint.old_secret)
    signed = [Webhook(secret).sign(delivery.webhook_id, at, delivery.body) for secret in both]
    return {
        "content-type": "application/json",
        "user-agent": "Gradus",
        "webhook-id": delivery.webhook_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signed),
    }


def note(delivery: Delivery, answer: Answer, at: datetime) -> str:
    """Keep what was answered, and what follows from it."""
    with transaction.atomic():
        Try.objects.create(
            delivery=delivery,
            at=at,
            status=answer.status,
            seconds=answer.seconds,
            answer=answer.text,
            error=answer.error,
        )
        if answer.delivered:
            Endpoint.objects.filter(pk=delivery.endpoint_id).exclude(failing_since=None).update(failing_since=None)
            return _settle(delivery, Status.SENT, sent_at=at)
        Endpoint.objects.filter(pk=delivery.endpoint_id, failing_since=None).update(failing_since=at)
        if answer.status == GONE:
            return _gone(delivery)
        return _postpone(delivery, answer)


def _gone(delivery: Delivery) -> str:
    if services.switch_off(delivery.endpoint, Off.GONE):
        _tell_admins(delivery, "outgoing/gone", key=f"webhook gone {delivery.pk} {delivery.tries}")
    return _settle(delivery, Status.DEAD)


def _postpone(delivery: Delivery, answer: Answer) -> str:
    if delivery.type == TEST:
        return _settle(delivery, Status.DEAD)
    if delivery.tries > len(LADDER):
        _tell_admins(delivery, "outgoing/dead", key=f"webhook dead {delivery.endpoint_id} {timezone.localdate()}")
        return _settle(delivery, Status.DEAD)
    wait = max(LADDER[delivery.tries - 1], min(answer.wait, LADDER[-1])) * _random.uniform(1, 1 + JITTER)
    if wait < SOON:
        enqueue(SEND_DUE)
    return _settle(delivery, Status.QUEUED, due_at=timezone.now() + wait)


def _settle(delivery: Delivery, status: Status, **more: datetime) -> str:
    """Write what became of this try, unless another has begun meanwhile."""
    mine = Delivery.objects.filter(pk=delivery.pk, status=Status.SENDING, tries=delivery.tries)
    return str(status) if mine.update(status=status, **more) else "overtaken"


def _tell_admins(delivery: Delivery, kind: str, *, key: str) -> None:
    """Once for each key: an endpoint that is down is told of once a day."""
    admins = User.objects.filter(is_active=True, groups__name=Role.ADMIN.value)
    context = {"endpoint": delivery.endpoint.name, "type": delivery.type}
    notify(admins, kind, context=context, url=reverse("webhook_endpoint", args=[delivery.endpoint_id]), key=key)


def send_due() -> int:
    """Queue what is due, and stay as long as more becomes due within the minute; how many. One poll at a time."""
    if not cache.add(POLLING, 1, timeout=STAY + 10):
        return 0
    try:
        return _poll(time.monotonic() + STAY)
    finally:
        cache.delete(POLLING)


def _poll(until: float) -> int:
    made = queue_due()
    while time.monotonic() + STEP < until and _due_soon():
        pause(STEP)
        made += queue_due()
    return made


def pause(seconds: float) -> None:
    time.sleep(seconds)


def _due_soon() -> bool:
    """Whether a first or second try again is waited for: only these come before the next poll."""
    soon = Delivery.objects.filter(status=Status.QUEUED, tries__in=[1, 2], due_at__lte=timezone.now() + SOON)
    return soon.exists()


def queue_due() -> int:
    """Give every due delivery its task, also those whose task or worker was lost. Two who look at once share them."""
    now = timezone.now()
    with transaction.atomic():
        due = Delivery.objects.filter(status__in=UNDER_WAY, due_at__lte=now).select_for_update(skip_locked=True)
        found = list(due.order_by("due_at").values_list("pk", "tries")[:AT_ONCE])
        Delivery.objects.filter(pk__in=[pk for pk, _tries in found]).update(status=Status.QUEUED, due_at=now + SILENCE)
        for pk, tries in found:
            enqueue(SEND, pk, tries)
    return len(found)


def sweep() -> None:
    """Forget what was delivered long ago; run hourly. What failed stays."""
    Delivery.objects.filter(status=Status.SENT, sent_at__lt=timezone.now() - KEEP).delete()
