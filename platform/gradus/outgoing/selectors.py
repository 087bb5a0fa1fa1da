"""Reads: what is wrong with webhooks, and who uses an endpoint."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from gradus import policy
from gradus.outgoing.actions import WEBHOOK
from gradus.outgoing.models import TEST, Delivery, Endpoint, Off, Status
from gradus.policy.actions import ActionCall
from gradus.policy.texts import said

SHOWN = 50


@dataclass(frozen=True)
class Trouble:
    """What the health page shows: endpoints that are off or failing, and deliveries that failed for good."""

    endpoints: list[Endpoint]
    deliveries: list[Delivery]
    total: int


def trouble() -> Trouble:
    dead = _dead().order_by("-pk")
    shown = dead.defer("body").select_related("endpoint")
    ill = Endpoint.objects.exclude(off="", failing_since=None)
    return Trouble(list(ill[:SHOWN]), list(shown[:SHOWN]), dead.count())


def problems() -> int:
    """What needs a person: endpoints that switched themselves off, and dead deliveries."""
    return Endpoint.objects.filter(off=Off.GONE).count() + _dead().count()


def _dead() -> QuerySet[Delivery]:
    """What failed for good; who sent a test sees by it what came back, and nothing is lost."""
    return Delivery.objects.filter(status=Status.DEAD).exclude(type=TEST)


def users_of(name: str) -> list[str]:
    """The automations and transitions of the books in force that send there."""
    return [where for where, call in _calls() if call.target == name]


def missing() -> list[str]:
    """Names that books send to and that no endpoint has."""
    named = {call.target for _where, call in _calls()}
    return sorted(named - set(Endpoint.objects.values_list("name", flat=True)))


def _calls() -> Iterator[tuple[str, ActionCall]]:
    for book in policy.active().books:
        found: list[tuple[str, Any]] = [(each.id, each.do) for each in book.automations]
        found += [(rule.label or name, rule.then) for name, rule in book.transitions.items()]
        for name, calls in found:
            for call in calls:
                if call.action == WEBHOOK:
                    yield f"{said(book.title)}: {said(name)}", call
