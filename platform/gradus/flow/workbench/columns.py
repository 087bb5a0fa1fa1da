"""Columns of a queue, and the paths they show."""

from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BaseColumn, Column

from gradus import flow


class CheckboxColumn(BaseColumn):
    """Chooses a row for a bulk transition; the boxes belong to the bulk form below the table."""

    cell_template_name = "flow/workbench/checkbox_cell.html"
    header_template_name = "flow/workbench/checkbox_header.html"


class StateColumn(BaseColumn):
    """The state as everywhere else: the badge."""

    cell_template_name = "flow/workbench/state_cell.html"


class KindColumn(Column):
    """The title of the process, not its key."""

    def get_value(self, instance: Any) -> Any:
        return flow.machine(instance).title


def path_column(model: type[models.Model], path: str) -> Column:
    """A column for a field or a path over foreign keys, labelled by the model."""
    if path == "kind":
        return KindColumn("kind", label=_("Kind"), sort_key="kind")
    sort_key = path if fields_of(model, path) else None
    return Column(path, label=label_of(model, path), accessor=lambda item: reach(item, path), sort_key=sort_key)


def label_of(model: type[models.Model], path: str) -> str:
    """What people call it: `author__email` is “Student · e-mail address”."""
    if path == "pk":
        return str(_("Number"))
    if path == "__str__":
        return capfirst(str(model._meta.verbose_name))
    names = [str(field.verbose_name) for field in fields_of(model, path)]
    return capfirst(" · ".join(names)) if names else capfirst(path.replace("_", " "))


def reach(item: Any, path: str) -> Any:
    """The value at the end of a path; None where a relation on the way is empty."""
    if path == "__str__":
        return str(item)
    for hop in path.split("__"):
        item = getattr(item, hop, None) if item is not None else None
    return item() if callable(item) else item


def relations(model: type[models.Model], paths: tuple[str, ...]) -> list[str]:
    """What a query must join so that showing these paths asks nothing more."""
    found = []
    for path in paths:
        hops = [field.name for field in fields_of(model, path) if field.is_relation]
        if hops:
            found.append("__".join(hops))
    return list(dict.fromkeys(found))


def fields_of(model: type[models.Model], path: str) -> list[Any]:
    """The fields along a path; none of them where a hop is something else, as a property is."""
    found: list[Any] = []
    at: Any = model
    for hop in path.split("__"):
        try:
            field = at._meta.get_field(hop)
        except (AttributeError, FieldDoesNotExist):
            return []
        found.append(field)
        at = field.related_model if field.is_relation else None
    return found
