"""Choices written in place are what Django's own templates write."""

import re
from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates

from gradus.core.forms import Renderer

CHOICES = [("", "—"), ("a&b", "A < B"), ("Group", [(1, "One"), (2, "Two")])]


def squeezed(html: str) -> str:
    return re.sub(r">\s+<", "><", html.strip())


@pytest.mark.parametrize("value", [None, "", "a&b", 2, ["1", "2"]])
@pytest.mark.parametrize("widget", [forms.Select, forms.SelectMultiple])
@pytest.mark.parametrize(
    "attrs", [{}, {"id": "x", "required": True, "hidden": False, "data-n": 7, "title": 'say "hi"'}]
)
def test_a_select(widget: Any, value: Any, attrs: dict[str, Any]) -> None:
    drawn = [
        widget(choices=CHOICES).render("name", value, attrs, renderer) for renderer in (Renderer(), DjangoTemplates())
    ]
    ours, theirs = map(squeezed, drawn)
    assert sorted(re.split(r"[ >]", ours)) == sorted(re.split(r"[ >]", theirs))
    assert re.findall(r"<option[^>]*>[^<]*", ours) == re.findall(r"<option[^>]*>[^<]*", theirs)
