"""What the API sends."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from ninja import Field, Schema

from gradus import flow
from gradus.core.reasons import About, explanation
from gradus.flow import showing
from gradus.flow.models import Attachment, Stateful, TransitionRecord
from gradus.flow.offering import Offer
from gradus.flow.params import Kind, Param
from gradus.flow.values import LARGEST
from gradus.policy.editions import edition_of


class IndexOut(Schema):
    openapi: str
    workflows: dict[str, str] = Field(description="The address of each workflow by its name.")


class OfferOut(Schema):
    name: str
    label: str
    done: str = Field(description="How history tells that it has happened.")
    allowed: bool
    reasons: list[str] = Field(description="Why not, in people's words; empty when allowed.")
    why: str | None = Field(description="The page that explains why not; null where there is none for you.")
    params: dict[str, Any] = Field(description="JSON Schema of what the transition asks.")


class CreationOut(OfferOut):
    kind: str


class ChoiceIn(Schema):
    transition: str = Field(description="The transition that asks.")
    param: str = Field(description="Its parameter that takes a person or an object.")
    of: int | None = Field(None, ge=0, le=LARGEST, description="The object it is made on; left out to create one.")
    kind: str = Field("", description="The kind to create, where there are kinds.")
    q: str = Field("", max_length=200, description="How the name begins.")


class ChoiceOut(Schema):
    text: str = Field(description="What the parameter takes; so is the number at its end, or a person's address.")
    note: str = Field(description="What tells it from others of its name.")


class ThingOut(Schema):
    id: int
    kind: str
    edition: int = Field(description="Of the kind: states and answers are those of the form it was filed on.")
    title: str
    state: str
    state_label: str
    version: int = Field(description="Send it back as `expect_version` to be told when somebody was first.")
    state_since: datetime
    created_at: datetime


class AnswerOut(Schema):
    name: str
    label: str
    text: str = Field(description="The answer as people read it.")
    urls: list[str] = Field(description="Where the objects that were chosen are, as far as you may see them.")


class ThingWithOffersOut(ThingOut):
    answers: dict[str, Any] = Field(description="As they are kept: people and objects by number, money in minor units.")
    answers_in_words: list[AnswerOut]
    offers: list[OfferOut]


class PageOut(Schema):
    items: list[ThingOut]
    next: int | None = Field(description="The `after` of the next page; null on the last.")


class RecordOut(Schema):
    transition: str
    label: str
    done: str = Field(description="How people are told that it happened.")
    source: str
    target: str
    version: int
    role: str
    actor: str | None
    note: str
    at: datetime


class HistoryOut(Schema):
    items: list[RecordOut]
    next: int | None = Field(description="The `after` of the next page; null on the last.")


class FileOut(Schema):
    id: UUID = Field(description="What a parameter that asks for a file takes, within a day.")
    name: str
    media_type: str
    size: int
    url: str


def offered(offer: Offer, who: Any, item: Stateful | None = None) -> dict[str, Any]:
    """Of an item, or, without one, of what could be created."""
    return {
        "name": offer.name,
        "label": str(offer.label),
        "done": str(offer.done),
        "allowed": offer.allowed,
        "reasons": list(offer.reasons),
        "why": None if offer.allowed else explanation(who, About(item, offer.name)) or None,
        "params": offer.params.schema(),
        "kind": offer.kind,
    }


def thing(item: Stateful) -> dict[str, Any]:
    machine = flow.machine(item)
    return {
        "id": item.pk,
        "kind": machine.kind,
        "edition": edition_of(machine.process).number,
        "title": str(item),
        "state": item.state,
        "state_label": str(machine.state(item.state).label),
        "version": item.version,
        "state_since": item.state_since,
        "created_at": item.created_at,
    }


def thing_with_offers(item: Stateful, who: Any) -> dict[str, Any]:
    offers = [offered(offer, who, item) for offer in flow.offers(item, who)]
    told = [in_words(param, value) for param, value in showing.answered(item, who) if param.kind is not Kind.FILE]
    return {**thing(item), "answers": getattr(item, "answers", {}), "answers_in_words": told, "offers": offers}


def in_words(param: Param, value: Any) -> dict[str, Any]:
    named = value if isinstance(value, list) else []
    text = ", ".join(map(str, named)) if named else value.isoformat() if isinstance(value, date) else str(value)
    return {"name": param.name, "label": str(param.label), "text": text, "urls": [one.url for one in named if one.url]}


def record(item: Stateful, entry: TransitionRecord) -> dict[str, Any]:
    its = flow.machine(item)
    return {
        "transition": entry.transition,
        "label": str(its.label(entry.transition)),
        "done": str(its.done(entry.transition)),
        "source": entry.source,
        "target": entry.target,
        "version": entry.version,
        "role": entry.role,
        "actor": str(entry.actor) if entry.actor else None,
        "note": entry.note,
        "at": entry.at,
    }


def staged(attachment: Attachment, url: str) -> dict[str, Any]:
    return {
        "id": attachment.pk,
        "name": attachment.name,
        "media_type": attachment.media_type,
        "size": attachment.size,
        "url": url,
    }
