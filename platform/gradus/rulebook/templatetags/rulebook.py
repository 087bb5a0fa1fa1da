"""`{% load rulebook %}`: the way from a refusal to its explanation, for those who may read it."""

from typing import Any

from django import template
from django.db import models
from django.template import Context
from django.urls import reverse

from gradus import policy
from gradus.flow import history
from gradus.flow.audit.naming import Entry
from gradus.flow.models import Stateful
from gradus.rulebook.crossing.older import Older, editions
from gradus.rulebook.seeing import addresses
from gradus.rulebook.seeing.processes import key_of

register = template.Library()
NEWEST = 10


@register.simple_tag
def why_url(person: Any, thing: models.Model, name: str, role: str = "") -> str:
    """`{% why_url person object "approve" role %}`: why they may or may not; people by their number or themselves."""
    return addresses.why_url(getattr(person, "pk", person), thing, name, role)


@register.simple_tag(takes_context=True)
def may_see_rules(context: Context) -> bool:
    """Whether the one who looks may read explanations of rules."""
    request = context.get("request")
    return request is not None and addresses.may_read(request.user)


@register.simple_tag
def refusals(obj: Stateful) -> list[Entry]:
    """The newest things that were refused about an object, with who tried.

    The reasons recorded were for the eyes of whoever was refused, values and all: others are led to the explanation.
    """
    return [Entry(record, obj) for record in history(obj).refused().order_by("-at", "-pk")[:NEWEST]]


@register.simple_tag
def older_editions() -> list[Older]:
    """The older editions of any kind that things are still filed under."""
    return [each for each in editions() if each.count]


@register.simple_tag
def edition_url(key: str) -> str:
    """Where the things of an older edition are moved on; nothing for a newest one, or a book without kinds."""
    rules = policy.active()
    older = any(key_of(book) == key for book in rules.books if rules.superseded(book))
    return reverse("rulebook_edition", args=[key]) if older else ""
