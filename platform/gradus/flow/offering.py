"""What may be done with an object now and, for the rest, why not."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone

from gradus import policy
from gradus.accounts.roles import Actor, actor_for
from gradus.flow import limits, proposals, prospects, verdicts
from gradus.flow.asking import Setting
from gradus.flow.errors import Text
from gradus.flow.models import RecordQuerySet, Stateful, TransitionRecord
from gradus.flow.params import Params
from gradus.flow.registry import machine, newest_of_each
from gradus.flow.shapes import Machine, Move
from gradus.policy.deciding import book_of


@dataclass(frozen=True, slots=True)
class Offer:
    """One transition as a person sees it. `shown` leaves out what their role or the state has no use for."""

    name: str
    label: Text
    allowed: bool
    reasons: tuple[str, ...]
    params: Params
    tone: str
    version: int
    now: bool = True
    shown: bool = True
    kind: str = ""
    help: Text = ""
    target: str = ""
    confirm: Text = ""
    done: Text = ""  # how one is told that it has happened

    @property
    def asks(self) -> bool:
        """Whether people see a form or a question before it is made."""
        return bool(len(self.params) or self.confirm)

    @property
    def which(self) -> str:
        """Its word in addresses, among all that can be created."""
        return self.kind or self.name


def stopped(obj: Stateful) -> str:
    """Why nothing moves it, in the words of whoever froze its process; empty where it is not frozen."""
    book = book_of(obj)
    return str(book.frozen) if book is not None and book.frozen else ""


def offers(obj: Stateful, who: Any) -> list[Offer]:
    """Every transition of the object, in the machine's order; not those that create. Used-up limits say so."""
    actor, now = actor_for(who), timezone.now()
    return [_limited(obj, offer, actor, now) for offer in offers_for([obj], actor)[obj.pk]]


def offers_for(objs: Iterable[Stateful], who: Any) -> dict[Any, list[Offer]]:
    """The offers of many objects of one model by primary key, in a number of queries that does not grow with them.

    Limits are left to `offers` and `apply`: each would cost a query for each object.
    """
    found, actor = list(objs), actor_for(who)
    now = timezone.now()
    fetch_what_rules_read(found)
    return {obj.pk: [_offer(obj, move, actor, now) for move in _moves(obj)] for obj in found}


def offered(objs: Iterable[Stateful], name: str, who: Any) -> dict[Any, Offer]:
    """One transition of many objects by primary key, where they have it; used-up limits say so."""
    found, actor, now = list(objs), actor_for(who), timezone.now()
    fetch_what_rules_read(found)
    moves = {obj.pk: machine(obj).moves.get(name) for obj in found}
    return {
        obj.pk: _limited(obj, _offer(obj, move, actor, now), actor, now)
        for obj in found
        if (move := moves[obj.pk]) is not None
    }


def creations(model: type[Stateful], who: Any) -> list[Offer]:
    """What this person could create, by kind in its newest edition.

    What no value could change is refused here; the rest depends on them.
    """
    actor, now = actor_for(who), timezone.now()
    return [_creation(its, move, actor, now) for its in newest_of_each(model) for move in its.creations()]


def history(obj: models.Model) -> RecordQuerySet:
    """Everything decided about an object, refusals too (`.done()` leaves them out), oldest first, with actors."""
    return TransitionRecord.objects.about(obj).select_related("actor")


def _moves(obj: Stateful) -> list[Move]:
    return [move for move in machine(obj).moves.values() if not move.only_creates]


def _offer(obj: Stateful, move: Move, actor: Actor, now: datetime) -> Offer:
    decision = policy.decide(actor, move.name, obj, now=now)
    possible = obj.state in move.sources
    reasons = verdicts.why_not_now(obj, move.name) if decision.wrong_state else list(decision.reasons)
    return Offer(
        name=move.name,
        label=move.label,
        allowed=decision.allowed,
        reasons=() if decision.allowed else tuple(map(str, reasons)),
        params=move.params.given_to(Setting(obj, actor, now)),
        tone=move.tone,
        version=obj.version,
        now=possible,
        shown=decision.allowed or (possible and verdicts.has_row(machine(obj), move.name, actor)),
        kind=obj.process,
        help=move.help,
        target=move.target,
        confirm=move.confirm,
        done=machine(obj).done(move.name),
    )


def _limited(obj: Stateful, offer: Offer, actor: Actor, now: datetime) -> Offer:
    """The offer, or why a limit stands against it."""
    spent = limits.spent(obj, offer.name, actor, now) if offer.allowed else None
    return replace(offer, allowed=False, reasons=spent.reasons) if spent else offer


def _creation(its: Machine, move: Move, actor: Actor, now: datetime) -> Offer:
    obj = proposals.blank(its, actor, now, {})
    hope = prospects.outlook(obj, move.name, actor, now)
    spent = limits.spent(obj, move.name, actor, now) if hope.allowed else None
    return Offer(
        name=move.name,
        label=move.label,
        allowed=hope.allowed and not spent,
        reasons=spent.reasons if spent else tuple(map(str, hope.reasons)),
        params=move.params.given_to(Setting(obj, actor, now, proposals.columns_of(its.model))),
        tone=move.tone,
        version=0,
        shown=verdicts.has_row(its, move.name, actor),
        kind=its.kind,
        help=its.help,
        target=move.target,
        done=its.done(move.name),
    )


def fetch_what_rules_read(objs: list[Stateful]) -> None:
    """Load the relations that conditions cross, for all objects together."""
    paths: dict[str, None] = {}
    for process in {obj.process for obj in objs}:
        for field in policy.active().book(objs[0]._meta.label, process).fields.values():
            hops = field.lookup.removesuffix("__pk").split("__")[:-1] if not (field.many or field.answer) else []
            paths.update({"__".join(hops): None} if hops else {})
    if paths:
        models.prefetch_related_objects(objs, *paths)
