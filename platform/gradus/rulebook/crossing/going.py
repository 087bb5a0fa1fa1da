"""Moving very many things: in a task, a batch at a time, each whole and with its records. Everybody sees how far it is.

Editions are made to stand side by side, so a move that stops between two batches leaves nothing broken: what is not
moved stays under its edition, and whoever goes on states the mapping again. Nobody waits longer than for one batch.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from time import monotonic
from typing import Any

from django.apps import apps
from django.core.cache import cache
from django.utils.translation import gettext as _

from gradus.accounts.models import User
from gradus.accounts.roles import Actor, Role
from gradus.core.tasks import enqueue
from gradus.flow import moving
from gradus.flow.carrying import Crossing
from gradus.flow.errors import FlowError, Stale
from gradus.rulebook import live

AT_ONCE = 2000  # as many are moved within a request, all of them or nothing
A_WHILE = 30  # seconds one task goes on; far below what a worker allows
KEPT = 60 * 60  # seconds since something was heard of it


@dataclass(frozen=True, slots=True)
class Going:
    """How far a move is. `stopped` says why it did not go on; empty while it does."""

    who: str
    total: int
    moved: int = 0
    stopped: str = ""


def begin(crossing: Crossing, *, by: Actor, seen: str, total: int) -> None:
    """Have all of it moved in the background. Raises Stale where that is going on already, or the rules changed."""
    moving.look_again(crossing, seen)
    label, source = crossing.model._meta.label, crossing.source
    before = of(label, source)
    if before is not None and before.stopped:
        forget(label, source)
    if not cache.add(_key(label, source), asdict(Going(str(by.user), total)), KEPT):
        raise Stale([_("They are being moved already.")])
    mapping = {"states": dict(crossing.states), "fields": dict(crossing.fields)}
    try:
        enqueue(go_on, label, source, mapping, by.id, seen)
    except Exception:
        forget(label, source)  # or nobody could begin it again for as long as it is kept
        raise


def go_on(label: str, source: str, mapping: Mapping[str, Any], person: int, seen: str) -> None:
    """For a while, and then in another task. Running it twice moves nothing twice.

    Each batch is by the rules that are in force when it begins, or there is none.
    """
    until = monotonic() + A_WHILE
    try:
        by = _still(person)
        while monotonic() < until:
            live.follow()
            crossing = Crossing(apps.get_model(label), source, mapping["states"], mapping["fields"])
            moved = moving.migrate_next(crossing, by=by, seen=seen)
            if moved is None:
                return forget(label, source)
            _note(label, source, moved=moved)
    except FlowError as refused:
        return _note(label, source, stopped=" ".join(map(str, refused.reasons)))
    enqueue(go_on, label, source, mapping, person, seen)
    return None


def of(label: str, source: str) -> Going | None:
    """What is going on with the things of this edition."""
    found = cache.get(_key(label, source))
    return Going(**found) if found else None


def forget(label: str, source: str) -> None:
    cache.delete(_key(label, source))


def _note(label: str, source: str, *, moved: int = 0, stopped: str = "") -> None:
    """Of what is over nothing is noted: a task can be delivered again after another did the rest."""
    if (found := of(label, source)) is not None:
        told = Going(found.who, max(found.total, found.moved + moved), found.moved + moved, stopped)
        cache.set(_key(label, source), asdict(told), KEPT)


def _still(person: int) -> Actor:
    """Whoever began it, if they still may."""
    found = User.objects.filter(pk=person, is_active=True).first()
    if found is None or Role.ADMIN not in found.roles:
        raise Stale([_("Whoever began this may not change rules any more.")])
    return Actor(found, Role.ADMIN)


def _key(label: str, source: str) -> str:
    return f"rules.moving.{label}.{source}"
