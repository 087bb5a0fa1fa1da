"""The object somebody proposes to create: built before the rule is asked, because the rule reads it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from gradus.accounts.roles import Actor
from gradus.flow.asking import Setting
from gradus.flow.models import Declared, Stateful
from gradus.flow.shapes import Machine, Move
from gradus.flow.values import answered

S = TypeVar("S", bound=Stateful)
RESERVED = frozenset({"state", "version", "state_since", "created_at", "kind", "answers"})


def propose(
    its: Machine, move: Move, actor: Actor, at: datetime, values: Mapping[str, Any]
) -> tuple[Any, dict[str, Any]]:
    """The unsaved object and the cleaned parameters. Raises ValidationError for values that are not asked for."""
    if not move.creates:
        raise LookupError(f"{its.model._meta.label}: {move.name} does not create")
    columns = columns_of(its.model)
    further = {name: value for name, value in values.items() if name in columns and name not in move.params}
    asked = move.params.given_to(Setting(blank(its, actor, at, further), actor, at, columns))
    given = asked.clean({name: value for name, value in values.items() if name not in further})
    obj = blank(its, actor, at, {**further, **{name: value for name, value in given.items() if name in columns}})
    if isinstance(obj, Declared):
        obj.answers = {name: answered(value) for name, value in given.items() if name not in columns}
    return obj, given


def blank(its: Machine, actor: Actor, at: datetime, values: Mapping[str, Any]) -> Any:
    """An object with these columns and nothing else, its author the person who acts."""
    model = its.model
    known: dict[str, Any] = {"created_at": at, "state_since": at}
    if model.author_field:
        known[model.author_field] = actor.user
    if issubclass(model, Declared):
        known["kind"] = its.process
    return model(**{**known, **values})


def columns_of(model: type[Stateful]) -> frozenset[str]:
    return frozenset(field.name for field in model._meta.concrete_fields if not field.primary_key) - RESERVED
