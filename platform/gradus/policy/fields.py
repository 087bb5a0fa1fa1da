"""Declared fields: a path over a model's foreign keys and reverse one-to-ones, checked and typed once.

A path may end in a to-many relation (`members`, `members.user`); it may not pass through two.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models

from gradus.policy import tree
from gradus.policy.errors import RuleError, nearest, phrase

KINDS: "tuple[tuple[type[models.Field[Any, Any]], tree.Kind], ...]" = (
    (models.BooleanField, "flag"),
    (models.IntegerField, "whole"),
    (models.DecimalField, "decimal"),
    (models.FloatField, "float"),
    (models.DateTimeField, "moment"),
    (models.DateField, "date"),
    (models.DurationField, "duration"),
    (models.CharField, "text"),
    (models.TextField, "text"),
)


@dataclass(slots=True)
class _Walk:
    """Where a path has led so far."""

    model: type[models.Model]
    hops: list[str] = field(default_factory=list)  # Python attributes up to here
    lookup: list[str] = field(default_factory=list)  # names in a Q
    nullable: bool = False
    many: str = ""
    many_at: int = 0


def resolve(
    model: type[models.Model], name: str, path: str, *, show: frozenset[str] = frozenset(), money: bool = False
) -> tree.Field:
    """The field `name`, reached over `path` (dots between hops). Raises RuleError."""
    walk = _Walk(model)
    *through, last = path.split(".")
    for hop in through:
        _step(walk, hop, path)
    found = _named(walk.model, last, path)
    label = name.replace("_", " ")
    if last == "pk" and not through:
        return tree.Field(
            name, "ref", label, attrgetter("pk"), "pk", nullable=False, to=model._meta.label, show=show, hops=("pk",)
        )
    if getattr(found, "one_to_many", False) or getattr(found, "many_to_many", False) or walk.many:
        return _many(walk, found, last, name, path, show=show)
    return _single(walk, found, last, name, show=show, money=money)


def _named(model: type[models.Model], name: str, path: str) -> Any:
    try:
        return model._meta.pk if name == "pk" else model._meta.get_field(name)
    except FieldDoesNotExist:
        known = [found.name for found in model._meta.get_fields()]
        raise RuleError(
            phrase("{}: {} has no field {}{}", path, model._meta.label, name, nearest(name, known))
        ) from None


def _step(walk: _Walk, hop: str, path: str) -> None:
    found = _named(walk.model, hop, path)
    if not found.is_relation or found.related_model is None:
        raise RuleError(phrase("{}: {} leads nowhere; a path goes over relations", path, hop))
    if found.one_to_many or found.many_to_many:
        if walk.many:
            raise RuleError(phrase("{}: a path passes one to-many relation at most", path))
        walk.many, walk.many_at = found.name, len(walk.hops)
    walk.nullable = walk.nullable or found.auto_created or getattr(found, "null", False)
    walk.hops.append(_accessor(found))
    walk.lookup.append(found.name)
    walk.model = found.related_model


def _accessor(found: Any) -> str:
    return str(found.get_accessor_name() if found.auto_created and not found.concrete else found.name)


def kind_of(found: Any, path: str) -> tree.Kind:
    for cls, kind in KINDS:
        if isinstance(found, cls):
            return kind
    raise RuleError(phrase("{}: a {} cannot be read by a condition", path, type(found).__name__))


def _single(walk: _Walk, found: Any, last: str, name: str, *, show: frozenset[str], money: bool) -> tree.Field:
    lookup = "__".join([*walk.lookup, found.name])
    nullable = walk.nullable or bool(getattr(found, "null", False)) or not found.concrete
    label = name.replace("_", " ")
    if found.is_relation:
        hops = (*walk.hops, found.attname) if found.concrete else (*walk.hops, _accessor(found), "pk")
        return tree.Field(
            name, "ref", label, reader(hops), f"{lookup}__pk", nullable=nullable, to=found.related_model._meta.label,
            show=show, hops=hops,
        )  # fmt: skip
    hops = (*walk.hops, found.attname)
    return tree.Field(
        name, kind_of(found, last), label, reader(hops), lookup, nullable=nullable, show=show, hops=hops,
        choices=tuple(str(value) for value, _ in found.flatchoices), places=getattr(found, "decimal_places", None),
        money=money,
    )  # fmt: skip


def reader(hops: Sequence[str]) -> Callable[[Any], Any]:
    """Read attributes one after the other; a missing relation makes the whole missing."""
    if len(hops) == 1:
        return attrgetter(hops[0])
    *through, last = hops

    def walk(obj: Any) -> Any:
        for hop in through:
            obj = getattr(obj, hop, None)  # an absent one-to-one raises a kind of AttributeError
            if obj is None:
                return None
        return getattr(obj, last, None)

    return walk


def _many(walk: _Walk, found: Any, last: str, name: str, path: str, *, show: frozenset[str]) -> tree.Field:
    kind: tree.Kind = "ref"
    if not walk.many:
        _step(walk, last, path)
        tail, last_attribute, to = ["pk"], "pk", walk.model._meta.label
    elif found.is_relation:
        if not found.concrete or found.many_to_many:
            raise RuleError(phrase("{}: a to-many path ends in a column or a foreign key", path))
        tail, last_attribute, to = [found.name, "pk"], found.attname, found.related_model._meta.label
    else:
        tail, last_attribute, to = [found.name], found.attname, ""
        kind = kind_of(found, path)
    split = walk.many_at + 1
    inner = "__".join([*walk.lookup[split:], *tail])
    read = _collection(reader(walk.hops[:split]), inner, reader([*walk.hops[split:], last_attribute]))
    lookup = "__".join([*walk.lookup[:split], inner])
    return tree.Field(
        name, kind, name.replace("_", " "), read, lookup, to=to, many=inner, show=show, hops=tuple(walk.hops[:split])
    )


def _collection(owner: Callable[[Any], Any], tail: str, value: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The values of a to-many field as a set: from the prefetched rows, a stand-in's own set, or one query."""

    def read(obj: Any) -> Any:
        if getattr(obj, "pk", True) is None:
            return frozenset()
        manager = owner(obj)
        if manager is None or isinstance(manager, frozenset):
            return manager or frozenset()
        rows = manager.all()
        prefetched = getattr(rows, "_result_cache", None)
        found = rows.values_list(tail, flat=True) if prefetched is None else map(value, prefetched)
        return frozenset(found) - {None}

    return read
