"""What the API sends."""

from datetime import datetime
from typing import Any

from ninja import Field, Schema

from gradus import flow
from gradus.flow.models import Stateful, TransitionRecord


class OfferOut(Schema):
    name: str
    label: str
    allowed: bool
    reasons: list[str] = Field(description="Why not, in people's words; empty when allowed.")
    params: dict[str, Any] = Field(description="JSON Schema of what the transition asks.")


class ThingOut(Schema):
    id: int
    kind: str
    title: str
    state: str
    state_label: str
    version: int = Field(description="Send it back as `expect_version` to be told when somebody was first.")
    state_since: datetime
    created_at: datetime


class ThingWithOffersOut(ThingOut):
    answers: dict[str, Any]
    offers: list[OfferOut]


class PageOut(Schema):
    items: list[ThingOut]
    next: str | None = Field(description="The cursor of the next page; null on the last.")


class RecordOut(Schema):
    transition: str
    label: str
    source: str
    target: str
    role: str
    actor: str | None
    note: str
    at: datetime


def thing(item: Stateful) -> dict[str, Any]:
    machine = flow.machine(item)
    return {
        "id": item.pk,
        "kind": machine.process,
        "title": str(item),
        "state": item.state,
        "state_label": str(machine.state(item.state).label),
        "version": item.version,
        "state_since": item.state_since,
        "created_at": item.created_at,
    }


def thing_with_offers(item: Stateful, who: Any) -> dict[str, Any]:
    offers = [
        {
            "name": offer.name,
            "label": str(offer.label),
            "allowed": offer.allowed,
            "reasons": [str(reason) for reason in offer.reasons],
            "params": offer.params.schema(),
        }
        for offer in flow.offers(item, who)
    ]
    return {**thing(item), "answers": getattr(item, "answers", {}), "offers": offers}


def record(item: Stateful, entry: TransitionRecord) -> dict[str, Any]:
    return {
        "transition": entry.transition,
        "label": str(flow.machine(item).label(entry.transition)),
        "source": entry.source,
        "target": entry.target,
        "role": entry.role,
        "actor": str(entry.actor) if entry.actor else None,
        "note": entry.note,
        "at": entry.at,
    }
