"""At start-up: what a governed model must look like for the protocol to hold."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.core import checks
from django.db import models

from gradus.flow import showing, steps
from gradus.flow.models import Declared, Stateful
from gradus.flow.registry import governed

# Keyword arguments of `apply` and `create` themselves.
TAKEN = frozenset({"by", "now", "kind", "expect_version"})


@checks.register("flow")
def check_machines(**_: Any) -> list[checks.CheckMessage]:
    return [*(problem for model in governed() for problem in problems(model)), *twins(governed())]


def twins(models: list[type[Stateful]]) -> list[checks.CheckMessage]:
    """Each workflow has a word of its own in the addresses of the API and of the workbench."""
    words = Counter(["files", *map(showing.slug, models)])
    return [
        checks.Error(f"{model._meta.label}: its plural name “{word}” is taken in addresses.", obj=model, id="flow.E006")
        for model in models
        if words[word := showing.slug(model)] > 1
    ]


def problems(model: type[Stateful]) -> Iterator[checks.CheckMessage]:
    if not isinstance(model._meta.pk, models.AutoField | models.IntegerField):
        yield checks.Error(f"{model._meta.label}: history keeps whole numbers as keys.", obj=model, id="flow.E001")
    for name in filter(None, (model.author_field, *model.asked)):
        if name not in {field.name for field in model._meta.concrete_fields}:
            yield checks.Error(f"{model._meta.label} has no field {name}.", obj=model, id="flow.E002")
    if not issubclass(model, Declared):
        yield from _coded_problems(model)


def _coded_problems(model: type[Stateful]) -> Iterator[checks.CheckMessage]:
    its = steps.machine(model)
    for move in its.moves.values():
        unknown = {*move.sources, move.target} - {"", *its.states}
        if unknown:
            text = f"{model._meta.label}.{move.name}: {', '.join(sorted(unknown))} is not among its states."
            yield checks.Error(text, obj=model, id="flow.E003")
        if taken := sorted(TAKEN & set(move.params.by_name)):
            text = f"{model._meta.label}.{move.name} asks for {', '.join(taken)}, which flow.apply takes itself."
            yield checks.Error(text, obj=model, id="flow.E004")
    if not its.creations():
        yield checks.Error(f"{model._meta.label} has no step that creates it (source='').", obj=model, id="flow.E005")
