"""All objects somebody may do something to: one query, or none."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, TypeVar

from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone

from gradus.accounts.roles import Actor, actor_for
from gradus.policy import machines
from gradus.policy.books import Book, TransitionRule
from gradus.policy.deciding import short_name
from gradus.policy.machines import ANY
from gradus.policy.ruleset import active, move_of
from gradus.policy.sql import ALL, NONE, Asker, Filter, compile_filter, join

M = TypeVar("M", bound=models.Model)


def filter(queryset: QuerySet[M], name: str, who: Any, *, now: datetime | None = None) -> QuerySet[M]:  # noqa: A001
    """The rows for which `decide` says yes, over all kinds of the model."""
    found = condition(queryset.model, name, who, now=now)
    if found is ALL:
        return queryset
    return queryset.filter(found) if isinstance(found, Q) else queryset.none()


def condition(
    model: type[models.Model],
    name: str,
    who: Any,
    *,
    now: datetime | None = None,
    processes: Collection[str] | None = None,
) -> Filter:
    """The same as ALL, NONE or a Q, for those who combine it; over some kinds, or all."""
    actor, now = actor_for(who), now or timezone.now()
    short = short_name(name, model)
    books = active().of(model)
    machine = machines.for_model(model)
    kind_field = machine.kind_field if machine else None
    asked = [book for book in books.values() if processes is None or book.process in processes]
    found = [(_book_filter(book, short, model, actor, now), book.process) for book in asked]
    if kind_field is None:
        return join([each for each, _process in found], every=False)
    return join([_of_kinds(each, kind_field, kinds) for each, kinds in _alike(found)], every=False)


def _alike(found: list[tuple[Filter, str]]) -> list[tuple[Filter, list[str]]]:
    """Kinds that ask the same of a row, together: the condition is written once."""
    together: list[tuple[Filter, list[str]]] = []
    for each, process in found:
        kinds = next((kinds for other, kinds in together if other == each), None)
        if kinds is None:
            together.append((each, [process]))
        else:
            kinds.append(process)
    return together


def _of_kinds(found: Filter, kind_field: str, kinds: list[str]) -> Filter:
    of = Q(**{kind_field: kinds[0]}) if len(kinds) == 1 else Q(**{f"{kind_field}__in": sorted(kinds)})
    return join([of, found], every=True)


def _book_filter(book: Book, name: str, model: type[models.Model], actor: Actor, now: datetime) -> Filter:
    rule = book.rule(name)
    row = rule.rows.get(actor.role) if rule else None
    if rule is None or row is None:
        return NONE
    found = compile_filter(row.whole, Asker(model, actor.id, actor.user, now))
    return join([_states(book, rule), found], every=True) if isinstance(rule, TransitionRule) else found


def _states(book: Book, rule: TransitionRule) -> Filter:
    move, machine = move_of(book, rule), machines.for_model(book.model)
    if move is None:
        return NONE
    field = machine.state_field if machine else "state"
    if ANY in move.sources:
        return ALL if "" in move.sources else Q(**{f"{field}__ne": ""})
    sources = sorted(move.sources)
    return Q(**{field: sources[0]}) if len(sources) == 1 else Q(**{f"{field}__in": sources})
