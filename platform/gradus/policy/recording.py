"""The facts a decision was made on, as JSON: what history keeps and replay reads."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from gradus.accounts.roles import actor_for
from gradus.policy import people, terms
from gradus.policy.deciding import book_of


def facts(
    obj: Any, who: Any, *, now: datetime | None = None, known: Mapping[str, bool] | None = None
) -> dict[str, Any]:
    """`{"obj": fields, "user": facts, "role", "now", "terms", "version"}`, all of it JSON-able.

    Of terms that are `known` already nothing is asked.
    """
    actor, now = actor_for(who), now or timezone.now()
    book = book_of(obj)
    fields = book.fields if book else {}
    published = people.facts() if actor.user is not None else {}
    asked, told = terms.for_model(book.label if book else ""), dict(known or {})
    return {
        "obj": {name: plain(field.read(obj)) for name, field in fields.items()},
        "user": {"id": actor.id, **{name: plain(fact.read(actor.user)) for name, fact in published.items()}},
        "role": actor.role.value,
        "now": plain(now),
        "terms": {name: found.test(actor.user, obj) for name, found in asked.items() if name not in told} | told,
        "version": book.version if book else "",
    }


def plain(value: Any) -> Any:
    """A value as JSON knows it: moments in ISO form, durations in seconds, sets as sorted lists."""
    match value:
        case datetime() | date():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case Decimal():
            return str(value)
        case set() | frozenset() | list() | tuple():
            return sorted((plain(item) for item in value), key=str)
    return value
