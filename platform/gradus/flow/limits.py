"""Limits of books: so many in a period for each owner, counted under the lock of the owner's row."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import cast

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.utils.translation import gettext as _

from gradus import policy
from gradus.accounts.roles import Actor
from gradus.core.formats import moment
from gradus.flow import periods
from gradus.flow.errors import Limited
from gradus.flow.models import Declared, LimitUse, Stateful, TransitionRecord
from gradus.flow.records import Attempt
from gradus.policy import tree
from gradus.policy.editions import kind_of
from gradus.policy.process import Limit
from gradus.policy.texts import said


def limits_of(obj: Stateful) -> tuple[Limit, ...]:
    return policy.active().book(obj._meta.label, obj.process).limits


def owners(obj: Stateful, name: str, actor: Actor) -> Iterator[models.Model]:
    """Stand-ins for the rows that own a limit this transition touches: what has to be locked for it."""
    for limit in limits_of(obj):
        if limit.on == name and (owner := owner_id(limit, obj, actor.id)) is not None:
            yield apps.get_model(_owner_model(limit))(pk=owner)


def owner_id(limit: Limit, obj: Stateful, actor_id: int | None) -> int | None:
    if isinstance(limit.of, tree.Person):
        return actor_id
    found: int | None = limit.of.read(obj)
    return found


@dataclass(frozen=True, slots=True)
class Spent:
    """A used-up limit: what it says, and when it is possible again."""

    say: str
    again: datetime

    @property
    def reasons(self) -> tuple[str, str]:
        return said(self.say), _("It is possible again from %(moment)s.") % {"moment": moment(self.again)}


def check(attempt: Attempt) -> None:
    """Raises Limited when a limit on this transition is used up."""
    if found := spent(attempt.obj, attempt.name, attempt.actor, attempt.at):
        raise Limited(found.reasons, again=found.again)


def spent(obj: Stateful, name: str, actor: Actor, at: datetime) -> Spent | None:
    """The first used-up limit on this transition, or None while there is some of each left."""
    for limit in limits_of(obj):
        if limit.on == name and (owner := owner_id(limit, obj, actor.id)) is not None:
            again = used_up(limit, obj, owner, at)
            if again is not None:
                return Spent(limit.say, again)
    return None


def used_up(limit: Limit, obj: Stateful, owner: int, at: datetime) -> datetime | None:
    """When it is possible again, or None while some of it is left."""
    uses = LimitUse.objects.filter(key=key(limit, obj), owner=str(owner), at__gte=periods.start(limit.per, at))
    latest = list(uses.order_by("-at").values_list("at", flat=True)[: limit.allow])
    if len(latest) < limit.allow:
        return None
    return periods.over(limit.per, latest[-1] if latest else at)


def use(attempt: Attempt, record: TransitionRecord) -> None:
    """Count a success."""
    if counted := uses(attempt.obj, record):
        LimitUse.objects.bulk_create(counted)


def uses(obj: Stateful, record: TransitionRecord) -> list[LimitUse]:
    """Unsaved: a row for every limit that counts this transition; limits that count alike share it."""
    counting = [limit for limit in limits_of(obj) if limit.count == record.transition]
    owned = {key(limit, obj): owner_id(limit, obj, record.actor_id) for limit in counting}
    return [
        LimitUse(key=its, owner=str(owner), at=record.at, record=record)
        for its, owner in owned.items()
        if owner is not None
    ]


def recount(model: type[Stateful], *, batch: int = 1000) -> int:
    """Count a model's history again, after a book got a limit that was not counted before; answers how many uses."""
    its = ContentType.objects.get_for_model(model)
    records = TransitionRecord.objects.done().filter(content_type=its).order_by("pk")
    with transaction.atomic():
        LimitUse.objects.filter(record__content_type=its).delete()
        return sum(_count_again(model, some) for some in _batches(records, batch))


def _batches(records: models.QuerySet[TransitionRecord], size: int) -> Iterator[list[TransitionRecord]]:
    remaining = records.iterator(chunk_size=size)
    while some := list(islice(remaining, size)):
        yield some


def _count_again(model: type[Stateful], records: list[TransitionRecord]) -> int:
    objs = model._base_manager.in_bulk([record.object_id for record in records])
    counted = [use for record in records if record.object_id in objs for use in uses(objs[record.object_id], record)]
    return len(LimitUse.objects.bulk_create(counted))


def rename(model: type[Declared], process: str, ids: Sequence[int], before: Mapping[str, str]) -> None:
    """Let what these things used for an answer count by the name it has in a newer edition; `before` says what it had.

    Written anew, not changed: two answers may have exchanged their names, and a record counts once for each.
    """
    blank = model(kind=process)
    renamed = {
        key(_of_answer(limit, old), blank): key(limit, blank)
        for limit in limits_of(blank)
        if isinstance(limit.of, tree.Field) and (old := before.get(limit.of.answer))
    }
    if not renamed:
        return
    its = ContentType.objects.get_for_model(model)
    used = LimitUse.objects.filter(record__content_type=its, record__object_id__in=ids)
    found = list(used.filter(key__in={*renamed, *renamed.values()}))
    LimitUse.objects.filter(pk__in=[use.pk for use in found]).delete()
    LimitUse.objects.bulk_create(
        LimitUse(key=renamed[use.key], owner=use.owner, at=use.at, record_id=use.record_id)
        for use in found
        if use.key in renamed
    )


def _of_answer(limit: Limit, name: str) -> Limit:
    return replace(limit, of=replace(cast("tree.Field", limit.of), answer=name))


def key(limit: Limit, obj: Stateful) -> str:
    """What is counted and for whom, across editions; `allow`, `per` and `say` may change without losing count."""
    of = "user" if isinstance(limit.of, tree.Person) else limit.of.lookup or f"answers.{limit.of.answer}"
    return f"{obj._meta.label}/{kind_of(obj.process)}#{limit.count}@{of}"


def _owner_model(limit: Limit) -> str:
    return "accounts.User" if isinstance(limit.of, tree.Person) else limit.of.to
