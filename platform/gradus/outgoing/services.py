"""What is done with endpoints and deliveries. Everything here writes to the database only."""

import base64
import json
import secrets
import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from gradus.core.tasks import enqueue
from gradus.flow.errors import NotNow
from gradus.flow.events import Event
from gradus.outgoing.models import FAILED, TEST, UNDER_WAY, Delivery, Endpoint, Off, Status
from gradus.policy.editions import kind_of
from gradus.policy.errors import nearest

SEND = "gradus.outgoing.tasks.send"
SILENCE = timedelta(seconds=150)  # a task is stopped after 120 seconds: what has not been noted by then is lost
BOTH_SECRETS = timedelta(hours=24)
SECRET_BYTES = 32


def queue(event: Event, *, name: str, type: str = "") -> None:  # noqa: A002
    """Keep this event for the endpoint, and its first try for after the commit. Once for each event or run.

    Raises NotNow when there is no such endpoint. One that is switched off gets nothing: it is held back.
    """
    endpoint = Endpoint.objects.filter(name=name).first()
    if endpoint is None:
        hint = nearest(name, Endpoint.objects.values_list("name", flat=True))
        raise NotNow([_("There is no webhook endpoint “%(name)s”%(hint)s") % {"name": name, "hint": hint}])
    type = type or type_of(event)  # noqa: A001
    delivery, made = Delivery.objects.get_or_create(
        webhook_id=id_of(event, endpoint, type),
        defaults={
            "endpoint": endpoint,
            "type": type,
            "body": body_of(event, type),
            "about_model": event.model,
            "about_id": event.object_id,
            "status": Status.HELD if endpoint.off else Status.QUEUED,
            "due_at": timezone.now() + SILENCE,
        },
    )
    if made and not endpoint.off:
        enqueue(SEND, delivery.pk, delivery.tries)


def send_test(endpoint: Endpoint) -> Delivery | None:
    """Queue something to see whether it arrives, to be tried once; None when the endpoint is off."""
    if Endpoint.objects.filter(pk=endpoint.pk).exclude(off="").exists():
        return None
    now = timezone.now()
    with transaction.atomic():
        delivery = Delivery.objects.create(
            endpoint=endpoint,
            webhook_id=f"msg_{uuid.uuid4().hex}",
            type=TEST,
            body=json.dumps({"type": TEST, "timestamp": now.isoformat(), "data": {}}),
            about_model=Endpoint._meta.label,
            about_id=endpoint.pk,
            due_at=now + SILENCE,
        )
        enqueue(SEND, delivery.pk, delivery.tries)
    return delivery


def type_of(event: Event) -> str:
    """`requests.refund.approve`: the app, the process or model, and the transition."""
    app, _dot, model = event.model.lower().partition(".")
    return f"{app}.{kind_of(event.process) or model}.{event.transition.replace(' ', '_')}"


def id_of(event: Event, endpoint: Endpoint, type: str) -> str:  # noqa: A002
    """The same for the same event or run, endpoint and type, however often it is sent; another on every other site."""
    key = f"{settings.BASE_URL}/{event.record_id}{event.occasion}/{endpoint.pk}/{type}"
    return f"msg_{uuid.uuid5(uuid.NAMESPACE_URL, key).hex}"


def body_of(event: Event, type: str) -> str:  # noqa: A002
    """Ids and states, nothing that could be out of date or private."""
    data: dict[str, Any] = {
        "model": event.model,
        "process": kind_of(event.process),
        "id": event.object_id,
        "version": event.version,
        "transition": event.transition,
        "source": event.source,
        "target": event.target,
        "actor": event.actor_id,
        "record": event.record_id,
    }
    return json.dumps({"type": type, "timestamp": event.at.isoformat(), "data": data})


def new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def create_endpoint(*, name: str, url: str) -> Endpoint:
    """A new endpoint; its secret is to be shown this once."""
    return Endpoint.objects.create(name=name, url=url, secret=new_secret())


def rotate(endpoint: Endpoint) -> Endpoint:
    """Give it a new secret; the one so far signs as well for a day."""
    with transaction.atomic():
        found = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
        found.old_secret, found.old_secret_until = found.secret, timezone.now() + BOTH_SECRETS
        found.secret = new_secret()
        found.save(update_fields=["secret", "old_secret", "old_secret_until"])
    return found


def switch_off(endpoint: Endpoint, why: Off) -> bool:
    """Send nothing there any more and hold back what was under way; False when it is off already."""
    with transaction.atomic():
        if not Endpoint.objects.filter(pk=endpoint.pk, off="").update(off=why):
            return False
        Delivery.objects.filter(endpoint=endpoint, status=Status.QUEUED).update(status=Status.HELD)
    return True


def switch_on(endpoint: Endpoint) -> bool:
    """Send there again. What was held back waits for somebody to send it."""
    return bool(Endpoint.objects.filter(pk=endpoint.pk).exclude(off="").update(off="", failing_since=None))


def send_again(delivery: Delivery) -> bool:
    """Queue one that is not under way once more, under the same id; False when it is, or its endpoint is off."""
    if Endpoint.objects.filter(pk=delivery.endpoint_id).exclude(off="").exists():
        return False
    with transaction.atomic():
        over = Delivery.objects.filter(pk=delivery.pk).exclude(status__in=UNDER_WAY)
        if not over.update(status=Status.QUEUED, tries=0, due_at=timezone.now() + SILENCE):
            return False
        enqueue(SEND, delivery.pk, 0)
    return True


def failed(endpoint: Endpoint) -> QuerySet[Delivery]:
    """What failed or was held back; a test that did not arrive has said what it was sent to say."""
    return Delivery.objects.filter(endpoint=endpoint, status__in=FAILED).exclude(type=TEST)


def send_all_again(endpoint: Endpoint) -> int:
    """Queue everything of an endpoint that failed or was held back, oldest first; the poll sends it. How many."""
    if Endpoint.objects.filter(pk=endpoint.pk).exclude(off="").exists():
        return 0
    return failed(endpoint).update(status=Status.QUEUED, tries=0, due_at=timezone.now())
