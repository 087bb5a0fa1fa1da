"""Columns of a queue, and the paths they show."""

from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column

from gradus import flow
from gradus.accounts.models import User
from gradus.core.markup import badge, when
from gradus.flow import panels


class Cell(Column):
    """A column whose cells are written in place: a queue has hundreds, and a template for each is most of its time."""

    labelled = True  # on a phone, where a row is a card

    def inside(self, instance: Any) -> Any:
        """What stands in the cell; HTML where it is marked safe."""
        value = self.get_value(instance)
        return "" if value is None else value

    def render_cell_html(self, instance: Any, parent_context: Any) -> str:
        return SafeString(f"<td{self.marked}>{conditional_escape(self.inside(instance))}</td>")

    @cached_property
    def marked(self) -> str:
        marks = {"class": self.classname, "data-label": self.label if self.labelled else ""}
        return format_html_join("", ' {}="{}"', ((name, value) for name, value in marks.items() if value))


class CheckboxColumn(Cell):
    """Chooses a row for a bulk transition; the boxes belong to the bulk form below the table."""

    header_template_name = "flow/workbench/checkbox_header.html"
    labelled = False

    def __init__(self) -> None:
        super().__init__("chosen", label=_("Choose"), classname="g-choose")

    def inside(self, instance: Any) -> str:
        return format_html(
            '<input type="checkbox" name="id" value="{0}" form="bulk" data-bulk-item aria-label="{2}">'
            '<input type="hidden" name="version-{0}" value="{1}" form="bulk">',
            instance.pk,
            instance.version,
            self.words % {"item": instance},
        )

    @cached_property
    def words(self) -> str:
        return gettext("Choose %(item)s")


class LinkColumn(Cell):
    """The name of the thing, leading to its page."""

    labelled = False

    def __init__(self, shown: Column, url_name: str) -> None:
        super().__init__(
            shown.name, label=shown.label, accessor=shown.accessor, sort_key=shown.sort_key, classname="title"
        )
        self.url_name = url_name

    def inside(self, instance: Any) -> str:
        words = str(super().inside(instance)).strip() or gettext("(blank)")
        address = reverse(self.url_name, args=[instance.pk])
        return format_html('<div class="title-wrapper"><a href="{}">{}</a></div>', address, words)


class StateColumn(Cell):
    """The state as everywhere else: the badge, drawn once for all rows in it."""

    @cached_property
    def drawn(self) -> dict[tuple[str, str], str]:
        return {}

    def inside(self, instance: Any) -> str:
        key = instance.process, instance.state
        if key not in self.drawn:
            state = panels.state_of(instance)
            self.drawn[key] = badge(state.label, state.tone)
        return self.drawn[key]


class WhenColumn(Cell):
    """A moment as everywhere else, in the viewer's zone."""

    def inside(self, instance: Any) -> str:
        return when(self.get_value(instance))


class KindColumn(Cell):
    """The title of the kind in its newest edition, not its key."""

    @cached_property
    def titles(self) -> dict[str, str]:
        return {}

    def get_value(self, instance: Any) -> Any:
        if instance.process not in self.titles:
            self.titles[instance.process] = str(flow.newest(type(instance), instance.process).title)
        return self.titles[instance.process]


def path_column(model: type[models.Model], path: str, label: str = "") -> Column:
    """A column for a field or a path over foreign keys, labelled by the model unless it is told how."""
    if path == "kind":
        return KindColumn("kind", label=_("Kind"), sort_key="kind")
    sort_key = path if fields_of(model, path) else None
    return Cell(path, label=label or label_of(model, path), accessor=lambda item: reach(item, path), sort_key=sort_key)


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


def is_person(model: type[models.Model], path: str) -> bool:
    fields = fields_of(model, path)
    return bool(fields) and fields[-1].related_model is User
