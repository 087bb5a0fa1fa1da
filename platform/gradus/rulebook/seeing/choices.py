"""Choosing a person, one of their roles, and an object on the pages that show rules: searched, never listed.

Objects are searched among those the one who looks may view; one they may not is answered like one that is not there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gradus.accounts.models import User
from gradus.accounts.roles import HELD, SYSTEM, Actor, Role
from gradus.flow import choosing
from gradus.flow.choosing import AT_MOST, Choice
from gradus.flow.forms import ObjectField
from gradus.flow.models import Stateful
from gradus.flow.params import Kind, Param
from gradus.policy.ruleset import active
from gradus.rulebook.seeing import processes

NEWEST = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Among(Param):
    """Something to be chosen among these rows."""

    rows: models.QuerySet[Any]

    def choosable(self) -> models.QuerySet[Any]:
        return self.rows


def people() -> Among:
    """Everybody with an account, also those who may not sign in any more: they act as guests."""
    return Among(name="person", kind=Kind.PERSON, label=_("Person"), model=User, rows=User.objects.all())


def objects(model: type[models.Model], viewer: Actor) -> Among:
    """What the one who looks may know of, with what its name is written from."""
    rows = processes.named(processes.known_to(model, viewer))
    label = str(model._meta.verbose_name)
    return Among(name="object", kind=Kind.OBJECT, label=label[:1].upper() + label[1:], model=model, rows=rows)


def found_people(typed: str, viewer: Actor) -> list[Choice]:
    return choosing.search(people(), typed, viewer)


def found_objects(model: type[models.Model], typed: str, viewer: Actor) -> list[Choice]:
    """By number, by how the author's name begins, and, of the newest, by how their own does; twenty at most.

    Older objects are found by number or author: no index holds the beginnings of what people write.
    """
    typed = typed.replace("\x00", "").strip()
    rows = objects(model, viewer).rows.order_by("-pk")
    if not typed:
        return _choices(rows[:AT_MOST])
    numbered = rows.filter(pk=int(typed)) if typed.isascii() and typed.isdigit() and len(typed) < 16 else rows.none()
    return _choices(numbered, _by_author(rows, typed), _by_name(rows, typed))[:AT_MOST]


def _choices(*found: models.QuerySet[Any]) -> list[Choice]:
    texts = dict.fromkeys(choosing.text_of(row) for rows in found for row in rows)
    return [Choice(text) for text in texts]


def _by_author(rows: models.QuerySet[Any], typed: str) -> models.QuerySet[Any]:
    author = rows.model.author_field if issubclass(rows.model, Stateful) else ""
    if not author:
        return rows.none()
    named = User.objects.filter(display_name__istartswith=typed).order_by("display_name", "pk")
    return rows.filter(**{f"{author}__in": list(named.values_list("pk", flat=True)[:AT_MOST])})[:AT_MOST]


def _by_name(rows: models.QuerySet[Any], typed: str) -> models.QuerySet[Any]:
    name = choosing.named_by(rows.model)
    if not name:
        return rows.none()
    keys = rows.model._default_manager.order_by("-pk").values_list("pk", flat=True)
    for oldest in keys[NEWEST - 1 : NEWEST]:
        rows = rows.filter(pk__gte=oldest)
    return rows.filter(**{f"{name}__istartswith": typed})[:AT_MOST]


def roles_of(person: User) -> list[Role]:
    """The roles they may act in, the one they are taken to act in first."""
    held = [role for role in HELD if role in person.roles] if person.is_active else []
    return held or [Role.GUEST]


def acting(person: User, wanted: str) -> Actor:
    """The person in a role they hold: the one asked for, or the first. A guest is nobody, whoever it is."""
    roles = roles_of(person)
    role = next((role for role in roles if role == wanted), roles[0])
    if role is Role.GUEST:
        return Actor(person if person.is_active else None, role)
    person.act_as = role
    return Actor(person, role)


@dataclass(frozen=True, slots=True)
class Whom:
    """Whom a page is about, as it calls them: a person in a role they hold, or the platform itself."""

    actor: Actor
    person: User | None
    roles: list[Role]

    def __str__(self) -> str:
        return str(self.person or _("The platform"))


def whom(asked: Mapping[str, Any]) -> Whom:
    """Of a form that was filled in; where no person was asked for, it is the platform."""
    person: User | None = asked.get("person")
    if person is None:
        return Whom(SYSTEM, None, [])
    return Whom(acting(person, asked["role"]), person, roles_of(person))


def asks_platform(data: Mapping[str, Any]) -> bool:
    """Whether an address asks about the platform itself: it has a role and is nobody."""
    return data.get("role") == Role.SYSTEM and "person" not in data


class PersonForm(forms.Form):
    """Whom it is about. The platform is not chosen: a page about it has no field for a person."""

    role = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any], *, filled: bool) -> None:
        super().__init__(data if filled else None, initial=dict(data.items()))
        if not asks_platform(data):
            self.fields["person"] = _field(people(), reverse("rules_people"))


class WhyForm(PersonForm):
    """Who, what about, and which transition or right of it; without the last, all of them."""

    transition = forms.ChoiceField(required=False, label=_("Transition or right"))

    def __init__(self, model: type[models.Model], viewer: Actor, data: Mapping[str, Any], *, filled: bool) -> None:
        super().__init__(data, filled=filled)
        found = reverse("rules_objects", args=[model._meta.label_lower])
        self.fields["object"] = _field(objects(model, viewer), found)
        asked: Any = self.fields["transition"]
        asked.choices = [("", _("all of them")), *rule_choices(model)]
        self.order_fields(["person", "object", "transition", "role"])


def rule_choices(model: type[models.Model]) -> list[tuple[str, str]]:
    """Every transition and right of the model's books, by name; alike ones once."""
    found: dict[str, list[str]] = {}
    for book in active().of(model).values():
        for rule in [*book.transitions.values(), *book.permissions.values()]:
            found.setdefault(rule.name, []).append(processes.label_of(book, rule))
    return [(name, " / ".join(dict.fromkeys(labels))) for name, labels in found.items()]


def _field(param: Among, url: str) -> forms.Field:
    return ObjectField(
        param=replace(param, required=True), search_url=url, label=param.label, help_text="", required=True
    )
