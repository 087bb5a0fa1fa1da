"""What the audit log can be narrowed to. Each choice is one stretch of an index of history."""

from typing import Any

import django_filters
from django import forms
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet

from gradus.accounts.models import User
from gradus.flow.audit.naming import SEPARATOR, kinds_with, processes, transitions
from gradus.flow.forms import ObjectField
from gradus.flow.models import TransitionRecord
from gradus.flow.params import Kind, Param
from gradus.flow.workbench.filters import DaysFilter
from gradus.policy.editions import process_of

PERSON = Param(name="actor", kind=Kind.PERSON, required=False, model=User)
HASH = r"^[0-9a-f]{4,64}$"
LENGTH = 64
AT_MOST = 10  # versions of books whose hashes begin alike


class TypedPersonFilter(django_filters.Filter):
    field_class = ObjectField


class VersionFilter(django_filters.Filter):
    """By the hash a record holds, or how it begins."""

    field_class = forms.RegexField

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        if not value:
            return qs
        return qs.filter(book_version__in=[value] if len(value) == LENGTH else beginning(value))


def beginning(typed: str) -> list[str]:
    """The hashes that begin so, each one step into an index; to sort all their records would take long."""
    found = [typed]
    every = TransitionRecord.objects.filter(book_version__lt=f"{typed}g").order_by("book_version")
    while len(found) <= AT_MOST:
        after = every.filter(book_version__gt=found[-1]).values_list("book_version", flat=True).first()
        if after is None:
            break
        found.append(after)
    return found[1:]


class AuditFilters(WagtailFilterSet):
    person = TypedPersonFilter(
        field_name="actor", label=_("Person"), param=PERSON, search_url=reverse_lazy("audit_people"), help_text=""
    )
    process = django_filters.ChoiceFilter(
        choices=processes, method="of_process", label=_("Process"), empty_label=_("All")
    )
    object = django_filters.NumberFilter(
        field_name="object_id", label=_("Number of the object"), min_value=1, max_value=2**63 - 1, decimal_places=0
    )
    transition = django_filters.ChoiceFilter(
        choices=transitions, method="of_transition", label=_("Transition"), empty_label=_("All")
    )
    outcome = django_filters.MultipleChoiceFilter(
        choices=lambda: list(TransitionRecord.OUTCOMES.items()), label=_("Outcome")
    )
    at = DaysFilter(label=_("When"))
    version = VersionFilter(
        label=_("Version of the rules"), regex=HASH, help_text=_("The hash of the book, or how it begins.")
    )

    class Meta:
        model = TransitionRecord
        fields: list[str] = []

    def of_process(self, found: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        label, _slash, kind = value.partition(SEPARATOR)
        its = ContentType.objects.get_by_natural_key(*label.lower().split("."))
        editions = Q(process__startswith=process_of(kind, 2).removesuffix("2")) if kind else Q()
        return found.filter(Q(process=kind) | editions, content_type=its)

    def of_transition(self, found: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return found.filter(content_type__in=kinds_with(value), transition=value)
