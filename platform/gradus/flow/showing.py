"""What surfaces share to show an object: who may see it, its word in addresses, its answers in words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
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
from gradus.policy import objects

S = TypeVar("S", bound=Stateful)


def visible(model: type[S], who: Any) -> models.QuerySet[S]:
    """What this person may view."""
    return policy.filter(model._default_manager.all(), VIEW, who)


def slug(model: type[Stateful]) -> str:
    """The workflow's word in addresses: its plural name in English, as `requests`."""
    with translation.override("en"):
        return slugify(str(model._meta.verbose_name_plural))


@dataclass(frozen=True, slots=True)
class Named:
    """An object somebody chose: what the viewer reads of it, and where it is."""

    text: str
    url: str = ""

    def __str__(self) -> str:
        return self.text


def answers(obj: Stateful, who: Any = None) -> list[tuple[Text, Any]]:
    """Label and value in words of what was filled in for a declared object, in the order of its book.

    `who` reads them (nobody: as a guest does) and is not told the names of objects that are not for them. Files and
    objects are lists.
    """
    return [(param.label, value) for param, value in answered(obj, who)]


def answered(obj: Stateful, who: Any) -> list[tuple[Param, Any]]:
    """The same with what was asked."""
    if not isinstance(obj, Declared):
        return []
    return [(param, value) for param, value in _answered(obj, who) if value not in (None, "", [])]


def asked(its: Machine) -> dict[str, Param]:
    """What was filled in to create one of this kind, in the order of its book."""
    return {param.name: param for move in its.creations() for param in move.params}


def _answered(obj: Declared, who: Any) -> Iterator[tuple[Param, Any]]:
    files = list(attachments.of(obj))
    for name, param in asked(machine(obj)).items():
        if param.kind is Kind.FILE:
            yield param, [file for file in files if file.field == name]
        elif name in obj.answers and param.refers:
            keys = keys_in(obj.answers[name])
            found = chosen(param.refers, keys, who)
            yield param, [found[key] for key in keys]
        elif name in obj.answers and param.model is not None:
            yield param, named(param.model, obj.answers[name])
        elif name in obj.answers:
            yield param, in_words(param, obj.answers[name])


def keys_in(stored: Any) -> list[int]:
    """The keys among a stored answer."""
    return [key for key in (stored if isinstance(stored, list) else [stored]) if type(key) is int]


def chosen(name: str, keys: Iterable[int], who: Any) -> dict[int, Named]:
    """What each key of a registered type is called, in one query; in two where some are not for this person."""
    kind, wanted = objects.registered()[name], set(keys)
    if not wanted:
        return {}
    found = {one.pk: Named(str(one), kind.url(one)) for one in kind.choosable(who).filter(pk__in=wanted)}
    if absent := wanted - found.keys():
        kept = set(kind.cls._base_manager.filter(pk__in=absent).values_list("pk", flat=True))
        found |= {key: Named(_("not open to you") if key in kept else _("no longer there")) for key in absent}
    return found


def name_of(param: Param, stored: Any, who: Any) -> str:
    """What was chosen, as this person may read it."""
    if not param.refers:
        return named(param.model, stored) if param.model is not None else str(stored)
    found = chosen(param.refers, keys_in(stored), who)
    return ", ".join(str(found[key]) for key in keys_in(stored))


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
