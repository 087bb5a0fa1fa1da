"""What happened by itself, for administrators: every run, why not, and once more."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from typing import Any

import django_filters
from django.apps import apps
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin.filters import WagtailFilterSet

from gradus import policy
from gradus.accounts.roles import SYSTEM
from gradus.core import spreadsheets
from gradus.core.markup import badge, why
from gradus.core.reasons import About
from gradus.flow.automating import running
from gradus.flow.models import AutomationRun, Stateful
from gradus.flow.offering import fetch_what_rules_read
from gradus.flow.registry import machine
from gradus.flow.workbench.columns import Cell, LinkColumn, WhenColumn
from gradus.flow.workbench.filters import DaysFilter
from gradus.flow.workbench.registry import visible_with_names, workbench_url
from gradus.flow.workbench.reports import ListView
from gradus.policy.deciding import book_of
from gradus.policy.texts import said

Outcome = AutomationRun.Outcome
TONES = {
    Outcome.ACTED: "success",
    Outcome.WOULD: "info",
    Outcome.SKIPPED: "neutral",
    Outcome.STOPPED: "neutral",
    Outcome.LIMITED: "warning",
    Outcome.FAILED: "danger",
}

CAME_TO_NOTHING = frozenset({Outcome.SKIPPED, Outcome.LIMITED})  # not what stopped: no rule was asked


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


class NoteColumn(Cell):
    """Why, with the way to the explanation; `led` has drawn that for all rows."""

    def inside(self, instance: Any) -> Any:
        return format_html("{}{}", instance.told, instance.ways)


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
        NoteColumn("note", label=gettext_lazy("Why")),
        WhenColumn("at", label=gettext_lazy("When")),
    ]

    def get_queryset(self) -> QuerySet[Any]:
        self.queryset = AutomationRun.objects.defer("traceback").order_by("-at", "-pk")
        found: QuerySet[Any] = super().get_queryset()
        return found

    def decorate_paginated_queryset(self, object_list: Any) -> Any:
        return object_list if self.is_export else led(named(list(object_list), self.request.user), self.request.user)

    def as_spreadsheet(self, queryset: Any, spreadsheet_format: str) -> HttpResponseBase:
        rows = _rows(queryset, self.request.user)
        return spreadsheets.download(self.request, rows, spreadsheet_format, "automations")


def _rows(runs: QuerySet[AutomationRun], reader: Any) -> Iterator[list[Any]]:
    yield [_("Automation"), _("About"), _("Outcome"), _("Why"), _("When")]
    remaining = runs.iterator(chunk_size=spreadsheets.BATCH)
    while some := named(list(islice(remaining, spreadsheets.BATCH)), reader):
        for run in some:
            said: Any = run
            yield [said.title, str(said.thing), run.get_outcome_display(), said.told, run.at]


def named(runs: list[AutomationRun], reader: Any) -> list[AutomationRun]:
    """With what each is called and about, as far as `reader` may view that; two queries for each model.

    Of what they may not view they learn the number alone: `told` is the note, for those who may.
    """
    wanted: dict[str, list[AutomationRun]] = defaultdict(list)
    for run in runs:
        wanted[running.parts_of(run.automation)[0]].append(run)
    for label, some in wanted.items():
        model: Any = apps.get_model(label)
        keys = {run.object_id for run in some}
        seen = {thing.pk: thing for thing in visible_with_names(model, reader).filter(pk__in=keys)}
        hidden = set(model._base_manager.filter(pk__in=keys - seen.keys()).values_list("pk", flat=True))
        for run in some:
            _name(run, seen, hidden)
    return runs


def _name(run: Any, seen: Mapping[int, Any], hidden: Collection[int]) -> None:
    number = _("number %s") % run.object_id
    run.title = title_of(run.automation)
    run.thing = seen.get(run.object_id) or (number if run.object_id in hidden else _("no longer there"))
    run.told = "" if run.object_id in hidden else run.note


def led(runs: list[AutomationRun], reader: Any) -> list[AutomationRun]:
    """With the ways to why what it would have applied was not possible, for whoever may read that."""
    asked = {run.pk: refused(run) for run in runs}
    things: dict[type[Stateful], list[Stateful]] = defaultdict(list)
    for about in (each for some in asked.values() for each in some):
        things[type(about.thing)].append(about.thing)
    for some in things.values():
        fetch_what_rules_read(some)
    for run in runs:
        run.ways = _ways(asked[run.pk], reader)  # type: ignore[attr-defined]
    return runs


def _ways(asked: list[About], reader: Any) -> SafeString:
    return format_html_join("", "{}", ((why(reader, about),) for about in asked))


def refused(run: AutomationRun) -> list[About]:
    """What the platform would have applied, by its book as it is now, where a run came to nothing."""
    thing: Any = run.thing  # type: ignore[attr-defined]
    if run.outcome not in CAME_TO_NOTHING or not isinstance(thing, Stateful):
        return []
    book, name = book_of(thing), running.parts_of(run.automation)[2]
    found = [each for each in book.automations if each.id == name] if book else []
    applied = dict.fromkeys(call.target for each in found for call in each.do if call.action == "apply")
    return [About(thing, target, machine(thing).label(target), SYSTEM) for target in applied]


@require_safe
def one(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(AutomationRun.objects.select_related("record"), pk=pk)
    (run,) = led(named([found], request.user), request.user)
    thing: Any = run.thing  # type: ignore[attr-defined]
    address = workbench_url(thing) if hasattr(thing, "pk") else ""
    title: str = run.title  # type: ignore[attr-defined]
    crumbs = [{"url": reverse("automation_runs"), "label": str(RunsView.page_title)}, {"url": "", "label": title}]
    frame = {"header_title": title, "breadcrumbs_items": crumbs}
    shown = {
        **frame,
        "run": run,
        "address": address,
        "tone": TONES[Outcome(run.outcome)],
        "again": run.outcome != Outcome.ACTED,
    }
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
