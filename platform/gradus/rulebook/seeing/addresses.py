"""Where explanations stand."""

from typing import Any
from urllib.parse import urlencode

from django.db import models
from django.urls import reverse


def why_url(person: Any, thing: models.Model, name: str, role: str = "") -> str:
    """The address of an answer, to be shared. `person` is a key."""
    given = {"of": thing._meta.label_lower, "person": person, "role": role, "object": thing.pk, "transition": name}
    return f"{reverse('rules_why')}?{urlencode({key: str(value) for key, value in given.items() if value})}"


def person_url(person: Any, role: str = "") -> str:
    """The address of everything they may do and why not the rest: for what does not exist yet."""
    given = {"person": person, "role": role}
    return f"{reverse('rules_person')}?{urlencode({key: str(value) for key, value in given.items() if value})}"
