"""What happened by itself, for administrators: every run, why not, and once more."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from typing import Any

import django_filters
from django.apps import apps
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin.filters import WagtailFilterSet

from gradus import policy
from gradus.core import spreadsheets
from gradus.core.markup import badge
from gradus.flow.automating import running
from gradus.flow.models import AutomationRun
from gradus.flow.workbench.columns import Cell, LinkColumn, WhenColumn
from gradus.flow.workbench.filters import DaysFilter
from gradus.flow.workbench.registry import workbench_url
from gradus.flow.workbench.reports import ListView
from gradus.policy.texts import said

Outcome = AutomationRun.Outcome
TONES = {
    Outcome.ACTED: "success",
    Outcome.WOULD: "info",
    Outcome.SKIPPED: "neutral",
    Outcome.LIMITED: "warning",
    Outcome.FAILED: "danger",
}


def title_of(key: str) -> str:
    """`requests.Request/refund#remind` as people know it: “Refund: remind”."""
    label, kind, name = running.parts_of(key)
    found = [book for book in policy.active().books if (book.label, book.kind) == (label, kind)]
    return f"{said(max(found, key=lambda book: book.edition).title)}: {name}" if found else key


def known() -> list[tuple[str, str]]:
    """The automations of the books in force."""
    keys = [running.key_of(book, each) for book in policy.active().books for each in book.automations]
    return [(key, title_of(key)) for key in dict.fromkeys(keys)]


class RunFilters(WagtailFilterSet):
    automation = django_filters.ChoiceFilter(choices=known, label=gettext_lazy("Automation"))
    outcome = django_filters.MultipleChoiceFilter(choices=Outcome.choices, label=gettext_lazy("Outcome"))
    at = DaysFilter(label=gettext_lazy("When"))

    class Meta:
        model = AutomationRun
        fields: list[str] = []


class OutcomeColumn(Cell):
    def inside(self, instance: Any) -> Any:
        return badge(instance.get_outcome_display(), TONES[Outcome(instance.outcome)])


class RunsView(ListView):
    page_title = gettext_lazy("What happened by itself")
    header_icon = "cogs"
    model = AutomationRun
    index_url_name = "automation_runs"
    index_results_url_name = "automation_runs_results"
    nothing = (
        gettext_lazy("Nothing has happened by itself yet."),
        gettext_lazy("What the automations of the books do, or would do, is listed here."),
    )
    default_ordering = "-at"
    filterset_class = RunFilters
    list_export = ["title", "thing", "outcome", "note", "at"]
    columns = [
        LinkColumn(Cell("title", label=gettext_lazy("Automation")), "automation_run"),
        Cell("thing", label=gettext_lazy("About")),
        OutcomeColumn("outcome", label=gettext_lazy("Outcome")),
        Cell("note", label=gettext_lazy("Why")),
        WhenColumn("at", label=gettext_lazy("When")),
    ]

    def get_queryset(self) -> QuerySet[Any]:
        self.queryset = AutomationRun.objects.defer("traceback").order_by("-at", "-pk")
        found: QuerySet[Any] = super().get_queryset()
        return found

    def decorate_paginated_queryset(self, object_list: Any) -> Any:
        return object_list if self.is_export else named(list(object_list))

    def as_spreadsheet(self, queryset: Any, spreadsheet_format: str) -> HttpResponseBase:
        return spreadsheets.download(self.request, _rows(queryset), spreadsheet_format, "automations")


def _rows(runs: QuerySet[AutomationRun]) -> Iterator[list[Any]]:
    yield [_("Automation"), _("About"), _("Outcome"), _("Why"), _("When")]
    remaining = runs.iterator(chunk_size=spreadsheets.BATCH)
    while some := named(list(islice(remaining, spreadsheets.BATCH))):
        for run in some:
            thing: Any = run.thing  # type: ignore[attr-defined]
            yield [run.title, str(thing), run.get_outcome_display(), run.note, run.at]  # type: ignore[attr-defined]


def named(runs: list[AutomationRun]) -> list[AutomationRun]:
    """With what each is called and about; one query for each model."""
    wanted: dict[str, list[AutomationRun]] = defaultdict(list)
    for run in runs:
        wanted[running.parts_of(run.automation)[0]].append(run)
    for label, some in wanted.items():
        objects = apps.get_model(label)._base_manager.in_bulk([run.object_id for run in some])
        for run in some:
            run.title, run.thing = title_of(run.automation), objects.get(run.object_id, _("no longer there"))  # type: ignore[attr-defined]
    return runs


@require_safe
def one(request: HttpRequest, pk: int) -> HttpResponse:
    (run,) = named([get_object_or_404(AutomationRun.objects.select_related("record"), pk=pk)])
    thing: Any = run.thing  # type: ignore[attr-defined]
    address = workbench_url(thing) if hasattr(thing, "pk") else ""
    shown = {"run": run, "address": address, "tone": TONES[Outcome(run.outcome)], "again": run.outcome != Outcome.ACTED}
    return render(request, "flow/automating/run.html", shown)


@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Run it once more, by the rules as they are now."""
    run = get_object_or_404(AutomationRun, pk=pk)
    made = running.run_again(run, now=timezone.now())
    if made is None:
        messages.warning(request, _("Nothing was done: it is not so any more, or was done meanwhile."))
        return redirect("automation_runs")
    messages.success(request, _("It ran again: %(outcome)s.") % {"outcome": made.get_outcome_display()})
    return redirect("automation_run", made.pk)
