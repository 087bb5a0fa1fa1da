"""Where explanations stand, and who may read them."""

from typing import Any
from urllib.parse import urlencode

from django.db import models
from django.urls import reverse

from gradus.accounts.roles import Role, actor_for
from gradus.accounts.sections import may_enter
from gradus.core.reasons import About
from gradus.rulebook.seeing import processes


def why_url(person: Any, thing: models.Model, name: str, role: str = "") -> str:
    """The address of an answer, to be shared. `person` is a key."""
    given = {"of": thing._meta.label_lower, "person": person, "role": role, "object": thing.pk, "transition": name}
    return f"{reverse('rules_why')}?{urlencode({key: str(value) for key, value in given.items() if value})}"


def person_url(person: Any, role: str = "") -> str:
    """The address of everything they may do and why not the rest: for what does not exist yet."""
    given = {"person": person, "role": role}
    return f"{reverse('rules_person')}?{urlencode({key: str(value) for key, value in given.items() if value})}"


def may_read(reader: Any) -> bool:
    """Whether somebody may read explanations of rules."""
    return reader is not None and reader.is_authenticated and may_enter(reader, "rules/")


def explanation(reader: Any, about: About) -> str:
    """Why it was refused; for what does not exist yet, everything they may do. Nothing where it is not for the reader.

    That is: whoever may not read rules, may not view the thing, or asks about nothing a rule speaks of.
    """
    if not may_read(reader):
        return ""
    actor, thing = actor_for(about.by or reader), about.thing
    if actor.user is None and actor.role is not Role.SYSTEM:
        return ""
    if thing is None or thing.pk is None:
        return person_url(actor.id, actor.role)
    ruled = processes.rule_of(thing, about.name) is not None and processes.is_known_to(thing, actor_for(reader))
    return why_url(actor.id, thing, about.name, actor.role) if ruled else ""
