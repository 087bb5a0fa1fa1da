"""What a queue can be narrowed to."""

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar

import django_filters
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_filters.fields import ModelChoiceField
from wagtail.admin.filters import WagtailFilterSet

from gradus import flow
from gradus.accounts.selectors import staff
from gradus.core.forms import REASONABLE_DAYS, OfAnySize
from gradus.flow.models import Declared, Stateful
from gradus.flow.shapes import Machine
from gradus.flow.workbench.columns import fields_of, is_person
from gradus.flow.workbench.moves import deciding_roles
from gradus.policy.editions import kind_of

if TYPE_CHECKING:
    from gradus.flow.workbench.viewset import Workbench

BY_RELATION = WagtailFilterSet.FILTER_DEFAULTS[models.ForeignKey]


class RowField(OfAnySize, ModelChoiceField):
    """A relation, as it is written into an address."""


class RowFilter(django_filters.ModelChoiceFilter):
    field_class = RowField


class PersonField(RowField):
    def label_from_instance(self, obj: Any) -> str:
        """Also of the choice that stands for nobody, which Wagtail names above the rows found."""
        return str(self.null_label if obj == self.null_value else obj)


class PersonFilter(django_filters.ModelChoiceFilter):
    field_class = PersonField


class DaysFilter(django_filters.DateFromToRangeFilter):
    @property
    def field(self) -> Any:
        found = super().field
        for day in found.fields:
            day.validators = [*day.default_validators, *REASONABLE_DAYS]
        return found


class KindFilter(django_filters.MultipleChoiceFilter):
    """By kind, each once; what it finds was filed under any of its editions."""

    def __init__(self, model: type[Stateful], **kwargs: Any) -> None:
        choices = [(machine.kind, machine.title) for machine in flow.newest_of_each(model)]
        super().__init__(choices=choices, **kwargs)
        self.processes = [machine.process for machine in flow.machines(model)]

    def filter(self, qs: models.QuerySet[Any], value: list[str]) -> models.QuerySet[Any]:
        found = [process for process in self.processes if kind_of(process) in value]
        return qs.filter(kind__in=found) if value else qs


@lru_cache(maxsize=64)
def filterset_for(bench: "Workbench", _rules: str, _language: str | None) -> type[WagtailFilterSet]:
    """Filters by state, kind (where there are kinds), when it came, and what the workbench adds.

    Kept for as long as rules and language are the same: making a class costs as much as a query.
    """
    machines = flow.machines(bench.model)
    declared: dict[str, Any] = {
        "state": django_filters.MultipleChoiceFilter(choices=_states(machines), label=_("State")),
        "created_at": DaysFilter(label=bench.label_of("created_at")),
    }
    if issubclass(bench.model, Declared):
        declared["kind"] = KindFilter(bench.model, label=_("Kind"))
    people = [path for path in bench.filters if is_person(bench.model, path)]
    declared |= {path: _person(bench, path) for path in people}

    class Meta:
        model = bench.model
        filter_overrides: ClassVar = {models.ForeignKey: {**BY_RELATION, "filter_class": RowFilter}}
        fields = [path for path in bench.filters if path not in people]

    return type(f"{bench.model.__name__}Filters", (WagtailFilterSet,), {"Meta": Meta, **declared})


def _person(bench: "Workbench", path: str) -> PersonFilter:
    """Those who have something to decide here, and nobody where that is possible."""
    return PersonFilter(
        queryset=staff(deciding_roles(bench.model)).only("display_name", "email"),
        label=bench.label_of(path),
        empty_label=_("Anybody"),
        null_label=_("Nobody yet") if _may_be_empty(bench.model, path) else None,
    )


def _may_be_empty(model: type[models.Model], path: str) -> bool:
    return any(field.null for field in fields_of(model, path))


def _states(machines: Iterable[Machine]) -> list[tuple[str, str]]:
    """Each state once, by what the kinds call it: “Approved / Confirmed”."""
    called: dict[str, dict[str, None]] = {}
    for machine in machines:
        for name, state in machine.states.items():
            called.setdefault(name, {})[str(state.label)] = None
    return [(name, " / ".join(labels)) for name, labels in called.items()]
