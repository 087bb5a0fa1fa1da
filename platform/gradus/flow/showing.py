"""What surfaces share to show an object: who may see it, its word in addresses, its answers in words."""

from collections.abc import Iterator
from datetime import date
from typing import Any, TypeVar

from django.db import models
from django.utils import translation
from django.utils.dateparse import parse_datetime
from django.utils.text import slugify
from django.utils.translation import gettext as _

from gradus import policy
from gradus.core import formats
from gradus.flow import attachments
from gradus.flow.errors import Text
from gradus.flow.models import Declared, Stateful
from gradus.flow.params import Kind, Param
from gradus.flow.registry import machine
from gradus.flow.shapes import Machine
from gradus.flow.verdicts import VIEW

S = TypeVar("S", bound=Stateful)


def visible(model: type[S], who: Any) -> models.QuerySet[S]:
    """What this person may view."""
    return policy.filter(model._default_manager.all(), VIEW, who)


def slug(model: type[Stateful]) -> str:
    """The workflow's word in addresses: its plural name in English, as `requests`."""
    with translation.override("en"):
        return slugify(str(model._meta.verbose_name_plural))


def answers(obj: Stateful) -> list[tuple[Text, Any]]:
    """Label and value in words of what was filled in for a declared object, in the order of its book."""
    return [(param.label, value) for param, value in answered(obj) if value not in (None, "", [])]


def asked(its: Machine) -> dict[str, Param]:
    """What was filled in to create one of this kind, in the order of its book."""
    return {param.name: param for move in its.creations() for param in move.params}


def answered(obj: Stateful) -> Iterator[tuple[Param, Any]]:
    """What was filled in, with each value in words; a file is its attachments."""
    if not isinstance(obj, Declared):
        return
    files = list(attachments.of(obj))
    for name, param in asked(machine(obj)).items():
        if param.kind is Kind.FILE:
            yield param, [file for file in files if file.field == name]
        elif name in obj.answers and param.model is not None:
            yield param, named(param.model, obj.answers[name])
        elif name in obj.answers:
            yield param, in_words(param, obj.answers[name])


def named(model: type[models.Model], stored: Any) -> str:
    """People and objects by name; one that is gone by its number."""
    keys = [key for key in (stored if isinstance(stored, list) else [stored]) if key is not None]
    there = model._base_manager.in_bulk(keys) if keys else {}
    return ", ".join(str(there.get(key, key)) for key in keys)


def in_words(param: Param, stored: Any) -> Any:
    """A stored value as people read it; datetimes stay datetimes, for the viewer's zone."""
    if isinstance(stored, list):
        return ", ".join(str(in_words(param, one)) for one in stored)
    if stored is None:
        return None
    if param.choices:
        return dict(param.choices).get(stored, stored)
    if param.kind is Kind.MONEY:
        return formats.money(stored, param.currency)
    if param.kind is Kind.FLAG:
        return _("Yes") if stored else _("No")
    if param.kind is Kind.DATE:
        return date.fromisoformat(stored)
    if param.kind is Kind.DATETIME:
        return parse_datetime(stored)
    return stored
