"""The pages. Imported by the first request for one of them: behind here is pandas."""

from datetime import date
from typing import Any

from django.contrib.auth import get_user_model
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from analytics import exports
from analytics.dashboards import people, sections
from analytics.dashboards.forms import FilterForm
from analytics.dashboards.shown import Shown
from analytics.frames import learning as frames
from analytics.metrics import learn_rate as metrics
from analytics.metrics.learn_rate import DEFINITION
from analytics.period import Filters
from analytics.tables import Table
from gradus.core import spreadsheets

Crumb = dict[str, str]
SECTIONS = {
    "courses": lambda filters: sections.courses(frames.standing(filters), filters),
    "weeks": sections.weeks,
    "distribution": lambda filters: sections.distribution(frames.standing(filters), filters),
}


def learn_rate(request: HttpRequest) -> HttpResponseBase:
    form = FilterForm(request.GET)
    filters = form.filters()
    if "export" in request.GET:
        build = SECTIONS.get(request.GET.get("table", ""))
        return _export(request, build(filters).table if build else None)
    standing = frames.standing(filters)
    built = [sections.courses(standing, filters), sections.weeks(filters), sections.distribution(standing, filters)]
    context = {
        "tiles": sections.tiles(standing, filters),
        "sections": [(section, Shown(request, section.table)) for section in built],
    }
    return _page(request, "learn_rate.html", form, [_here(_("Learn rate"))], **context)


def students(request: HttpRequest) -> HttpResponseBase:
    form = FilterForm(request.GET)
    filters = form.filters()
    table = _asked_for(request, filters)
    if "export" in request.GET:
        return _export(request, table)
    context = {"shown": Shown(request, table), "kept": _kept(request)}
    return _page(request, "students.html", form, [_home(filters), _here(table.title)], **context)


def student(request: HttpRequest, pk: int) -> HttpResponseBase:
    person = get_object_or_404(get_user_model().objects.filter(course_progresses__isnull=False).distinct(), pk=pk)
    form = FilterForm(request.GET)
    filters = form.filters()
    if "export" in request.GET:
        built = {"courses": people.courses_of(pk, filters), "weeks": sections.weeks(filters, pk).table}
        return _export(request, built.get(request.GET.get("table", "")))
    weeks, courses = sections.weeks(filters, pk), people.courses_of(pk, filters)
    crumbs = [_home(filters), _crumb("students", _("Students"), filters), _here(str(person))]
    context = {
        "person": person,
        "filters": filters,
        "learn_rate": people.learn_rate(courses),
        "courses": Shown(request, courses),
        "section": weeks,
        "weeks": Shown(request, weeks.table),
    }
    return _page(request, "student.html", form, crumbs, **context)


def _asked_for(request: HttpRequest, filters: Filters) -> Table:
    """The students of one bin, of one week, or all; 404 for a bin or a week that cannot be."""
    try:
        if week := request.GET.get("week"):
            return people.of_week(filters, date.fromisoformat(week))
        number = int(request.GET["bin"]) if "bin" in request.GET else None
    except (ValueError, OverflowError) as error:
        raise Http404 from error
    if number is not None and number not in range(metrics.BINS):
        raise Http404
    return people.standing(filters, number)


def _kept(request: HttpRequest) -> list[tuple[str, str]]:
    """What the filter form has to carry along besides its own fields."""
    return [(name, request.GET[name]) for name in ("bin", "week") if name in request.GET]


def _export(request: HttpRequest, table: Table | None) -> HttpResponseBase:
    kind = request.GET["export"]
    if table is None or kind not in spreadsheets.FORMATS:
        raise Http404
    return exports.response(request, Shown(request, table).table, kind, f"learn-rate-{table.key}")


def _home(filters: Filters) -> Crumb:
    return _crumb("learn_rate", _("Learn rate"), filters)


def _crumb(name: str, label: str, filters: Filters) -> Crumb:
    return {"url": f"{reverse(f'analytics:{name}')}?{filters.query()}", "label": label}


def _here(label: str) -> Crumb:
    return {"url": "", "label": label}


def _page(request: HttpRequest, template: str, form: FilterForm, crumbs: list[Crumb], **context: Any) -> HttpResponse:
    """The last crumb is the page itself, and its title."""
    frame = {
        "header_title": crumbs[-1]["label"],
        "breadcrumbs_items": crumbs,
        "form": form,
        "periods": form.periods(),
        "definition": _(DEFINITION),
    }
    return render(request, f"analytics/{template}", {**frame, **context})
