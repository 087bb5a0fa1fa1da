"""Move what was filed under an older edition to the newest of its kind: all of it or nothing, history told.

No rule is asked, because no role of a book may do this: who may is who may change the rules. Nobody is notified and
no automation is set off.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db.models import Case, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from gradus import policy
from gradus.accounts.roles import Actor, Role
from gradus.core import bulk, correlation
from gradus.core.formats import moment
from gradus.flow import events, limits, showing, units
from gradus.flow.carrying import Carried, Crossing
from gradus.flow.errors import NotNow, Stale
from gradus.flow.models import Attachment, Declared, TransitionRecord
from gradus.flow.params import Kind, Param, Params
from gradus.flow.records import Attempt
from gradus.flow.shapes import MIGRATE, Move
from gradus.policy import Decision

BATCH = 500
MIGRATED = "edition"  # the rule on record: no row of a book decided


def migrate(crossing: Crossing, *, by: Actor, seen: str | None = None, now: datetime | None = None) -> int:
    """Move every thing of the crossing's source, and answer how many. `seen` is `crossing.versions` as looked at.

    Things are locked in the order of their keys, so whoever acts on one meanwhile is first or is told. Raises Stale
    when the rules have changed or nothing is left to move, NotNow when a thing has become what the mapping does not
    name, ValueError for a mapping to what the newest edition does not have.
    """
    at, moved = now or timezone.now(), 0
    with _move_of(crossing, by, seen):
        for keys in _batches(crossing):
            moved += _move(crossing, keys, by, at)
    if not moved:
        raise Stale([_who_was_first(crossing)])
    return moved


def migrate_next(crossing: Crossing, *, by: Actor, seen: str, now: datetime | None = None) -> int | None:
    """Move one batch, all of it or nothing, and answer how many; None when nothing is left. Raises what `migrate` does.

    Of two who do this at once one waits for the other, and then moves nothing of that batch.
    """
    with _move_of(crossing, by, seen):
        keys = next(_batches(crossing), None)
        return None if keys is None else _move(crossing, keys, by, now or timezone.now())


@contextmanager
def _move_of(crossing: Crossing, by: Actor, seen: str | None) -> Iterator[None]:
    """The unit of change of a move that still means what was looked at, and is known and allowed."""
    if seen is not None:
        look_again(crossing, seen)
    known = {*crossing.states.values()} <= {*crossing.after.states}
    if not known or {*crossing.fields.values()} - {None, *crossing.new}:
        raise ValueError("The mapping names a state or a field that the newest edition does not have.")
    if by.role is not Role.ADMIN:
        raise PermissionError("Only administrators move things to another edition.")
    with correlation.bind(correlation.current()), units.begin():
        yield


def look_again(crossing: Crossing, seen: str) -> None:
    """Raises Stale when the rules are not those that were looked at; the older edition may be gone altogether."""
    known = crossing.source in policy.active().of(crossing.model)
    if not known or seen != crossing.versions:
        raise Stale([_("The rules have changed since you looked. Look at what this would do now.")])


def things(crossing: Crossing) -> Any:
    """What was filed under that edition, or moved to it since."""
    return crossing.model._base_manager.filter(kind=crossing.source)


def _batches(crossing: Crossing) -> Iterator[list[int]]:
    last = 0
    while keys := list(
        things(crossing).filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH],
    ):
        yield keys
        last = keys[-1]


def _move(crossing: Crossing, keys: Sequence[int], by: Actor, at: datetime) -> int:
    """Lock, look again, and write a batch: one statement each for things, records and files."""
    fresh: list[Any] = [obj for obj in units.locked(crossing.model, list(keys)) if obj.kind == crossing.source]  # type: ignore[attr-defined]
    records = [_moved(crossing, obj, by, at) for obj in fresh]
    stamped = [field.attname for field in crossing.model._meta.concrete_fields if getattr(field, "auto_now", False)]
    for obj in fresh:
        obj.__dict__.update(dict.fromkeys(stamped, at))
    bulk.update(crossing.model, fresh, ["kind", "state", "version", "state_since", "answers", *stamped])
    written = bulk.create(TransitionRecord, records)
    _rename_files(crossing, [obj.pk for obj in fresh])
    _rename_uses(crossing, [obj.pk for obj in fresh])
    events.tell_all([events.of(record, obj) for record, obj in zip(written, fresh, strict=True)])
    return len(fresh)


def _moved(crossing: Crossing, obj: Any, by: Actor, at: datetime) -> TransitionRecord:
    """Change one thing in memory; its unsaved record."""
    source, carried = obj.state, crossing.carry(obj.answers)
    _check(crossing, obj, carried)
    # The field is protected against everybody else; the mapping is what leads from state to state here.
    obj.__dict__["state"] = crossing.states[source]
    obj.kind, obj.answers, obj.version = crossing.after.process, carried.answers, obj.version + 1
    if obj.state != source:
        obj.state_since = at
    kept = {"edition": crossing.source, "left": carried.left, "unfit": carried.unfit}
    attempt = Attempt(
        obj, Move(MIGRATE, "", (), "", Params(), _nothing), crossing.after.process, by, at, source,
        decision=Decision(allowed=True, role=by.role, rule=MIGRATED, version=_version(crossing)),
        params={**kept, "note": _told(crossing, carried)},
    )  # fmt: skip
    return attempt.record(target=obj.state, version=obj.version)


def _told(crossing: Crossing, carried: Carried) -> str:
    """What stays behind, in the academy's language: everybody who may see the thing reads it in its history.

    People and objects are told by their numbers: not every reader may know their names, and people can be forgotten.
    """
    if not carried.left:
        return ""
    with override(settings.LANGUAGE_CODE):
        told = [_answer(crossing.old.get(name), name, stored) for name, stored in carried.left.items()]
        return _("No longer in the form: %(answers)s") % {"answers": "; ".join(told)}


def _answer(param: Param | None, name: str, stored: Any) -> str:
    if param is None:
        return f"{name}: {stored}"
    if param.kind is Kind.FILE:
        return f"{param.label}: {len(stored)}"
    return f"{param.label}: {showing.in_words(param, stored)}"


def _check(crossing: Crossing, obj: Declared, carried: Carried) -> None:
    unnamed = [name for name in carried.left if name in crossing.old and name not in crossing.fields]
    if obj.state in crossing.states and not unnamed:
        return
    words = {"thing": obj, "number": obj.pk}
    raise NotNow([_("“%(thing)s” (number %(number)d) has changed meanwhile. Look at the mapping again.") % words])


def _nothing(_obj: Any, _by: Actor, _at: datetime, _params: Any) -> None:
    """A record needs a move; this one runs nothing."""


def _version(crossing: Crossing) -> str:
    return policy.active().book(crossing.model, crossing.after.process).version


def _rename_files(crossing: Crossing, keys: Sequence[int]) -> None:
    """Files know the field they were handed in for."""
    renamed = {
        old: new
        for old, new in crossing.fields.items()
        if new and new != old and (param := crossing.old.get(old)) is not None and param.kind is Kind.FILE
    }
    if renamed:
        its = ContentType.objects.get_for_model(crossing.model)
        found = Attachment.objects.filter(content_type=its, object_id__in=keys, field__in=renamed)
        found.update(field=Case(*(When(field=old, then=Value(new)) for old, new in renamed.items())))


def _rename_uses(crossing: Crossing, keys: Sequence[int]) -> None:
    """Limits know the field whose answers they count for."""
    before = {new: old for old, new in crossing.fields.items() if new and new != old}
    limits.rename(crossing.model, crossing.after.process, keys, before)


def _who_was_first(crossing: Crossing) -> str:
    last = (
        TransitionRecord.objects.done()
        .filter(
            content_type=ContentType.objects.get_for_model(crossing.model),
            transition=MIGRATE,
            params__edition=crossing.source,
        )
        .select_related("actor")
        .order_by("-at", "-pk")
        .first()
    )
    if last is None:
        return _("There is nothing to move.")
    words = {"who": last.actor or _("The system"), "when": moment(last.at)}
    return _("There is nothing left to move: %(who)s was first (%(when)s).") % words
