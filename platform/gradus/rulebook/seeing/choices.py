"""Choosing a person, one of their roles, and an object on the pages that show rules: searched, never listed.

Objects are searched among those the one who looks may view; one they may not is answered like one that is not there.
"""

from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gradus.accounts.models import User
from gradus.accounts.roles import HELD, Actor, Role
from gradus.flow import choosing
from gradus.flow.choosing import AT_MOST, Choice
from gradus.flow.forms import ObjectField
from gradus.flow.models import Stateful
from gradus.flow.params import Kind, Param
from gradus.policy.ruleset import active
from gradus.rulebook.seeing import processes


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
    """The newest whose name begins like this, or whose author's does; twenty at most."""
    typed = typed.replace("\x00", "").strip()
    rows = objects(model, viewer).rows
    if typed:
        rows = rows.filter(_beginning(model, typed))
    return [Choice(choosing.text_of(row)) for row in rows.order_by("-pk")[:AT_MOST]]


def _beginning(model: type[models.Model], typed: str) -> Q:
    found = choosing.beginning(choosing.named_by(model), typed, address=False)
    author = model.author_field if issubclass(model, Stateful) else ""
    if not author:
        return found
    named = User.objects.filter(display_name__istartswith=typed).order_by("display_name", "pk")
    return found | Q(**{f"{author}__in": list(named.values_list("pk", flat=True)[:AT_MOST])})


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


class PersonForm(forms.Form):
    """Whom it is about."""

    role = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["person"] = _field(people(), reverse("rules_people"))


class WhyForm(PersonForm):
    """Who, what about, and which transition or right of it; without the last, all of them."""

    transition = forms.ChoiceField(required=False, label=_("Transition or right"))

    def __init__(self, model: type[models.Model], viewer: Actor, data: Any = None) -> None:
        super().__init__(data)
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
