"""All objects somebody may do something to: one query, or none."""

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


def condition(model: type[models.Model], name: str, who: Any, *, now: datetime | None = None) -> Filter:
    """The same as ALL, NONE or a Q, for those who combine it."""
    actor, now = actor_for(who), now or timezone.now()
    short = short_name(name, model)
    books = active().of(model)
    machine = machines.for_model(model)
    kind_field = machine.kind_field if machine else None
    parts = [_with_kind(_book_filter(book, short, model, actor, now), kind_field, book) for book in books.values()]
    return join(parts, every=False)


def _with_kind(found: Filter, kind_field: str | None, book: Book) -> Filter:
    return join([Q(**{kind_field: book.process}), found], every=True) if kind_field else found


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
