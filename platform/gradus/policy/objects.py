"""Types of objects that a field of a process may hold, registered in the `terms.py` of the app that owns them.

    @objects.choosable("course", label=_("Course"), model="catalog.CoursePage")
    def courses(who):
        return CoursePage.objects.visible_to(who)

A book then says `type = "course"`. The function answers what somebody may choose, and read the name of, with `who` a
person, an Actor or None. An answer is kept as its primary key, so an object that is gone breaks nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db.models import Model, QuerySet
from django.utils.functional import Promise

Choosable = Callable[[Any], QuerySet[Any]]
BUILT_IN = frozenset(
    {"text", "long text", "choice", "number", "money", "flag", "date", "email", "url", "person", "file"}
)  # fmt: skip


def _own_url(obj: Any) -> str:
    return str(obj.get_absolute_url()) if hasattr(obj, "get_absolute_url") else ""


@dataclass(frozen=True, slots=True)
class ObjectType:
    """One registered type; `model` is "app.Model" and `url` the address of one of them, or ""."""

    name: str
    label: str | Promise
    model: str
    choosable: Choosable = field(repr=False)
    url: Callable[[Any], str] = field(default=_own_url, repr=False)

    @property
    def cls(self) -> type[Model]:
        return apps.get_model(self.model)


_types: dict[str, ObjectType] = {}


def choosable(
    name: str, *, label: str | Promise, model: str, url: Callable[[Any], str] = _own_url
) -> Callable[[Choosable], Choosable]:
    """Register the decorated function of a person as what may be chosen for fields of this type."""
    if name in BUILT_IN:
        raise ValueError(f"{name} is a type of field already")

    def register(found: Choosable) -> Choosable:
        _types[name] = ObjectType(name, label, model, found, url)
        return found

    return register


def registered() -> dict[str, ObjectType]:
    """The types by the word a book uses."""
    return _types


def unregister(name: str) -> None:
    _types.pop(name, None)
