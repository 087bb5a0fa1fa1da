"""Columns of a queue."""

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
    if path == "__str__":
        return Column("__str__", label=capfirst(str(model._meta.verbose_name)), accessor=str)
    if path == "kind":
        return KindColumn("kind", label=_("Kind"), sort_key="kind")
    field = _field(model, path)
    label = capfirst(str(field.verbose_name)) if field is not None else path
    return Column(path, label=label, accessor=path.replace("__", "."), sort_key=path if field is not None else None)


def _field(model: type[models.Model], path: str) -> Any:
    """The first field of the path: its name is what people call the column."""
    try:
        return model._meta.get_field(path.split("__", maxsplit=1)[0])
    except FieldDoesNotExist:
        return None
