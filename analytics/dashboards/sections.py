"""What the dashboards are made of: a chart, the table that says the same, and what both of them mean."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd
from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.figures import learn_rate as figures
from analytics.figures.theme import as_json
from analytics.frames import learning as frames
from analytics.metrics import learn_rate as metrics
from analytics.period import Filters
from analytics.tables import Column, Table
from gradus.core.formats import percent

Figure = Callable[[pd.DataFrame, list[str]], Any]


@dataclass(frozen=True)
class Section:
    """`summary` says in a sentence what the chart shows, for those who do not see it."""

    table: Table
    figure: dict[str, Any] | None
    definition: str
    summary: str

    @property
    def figure_id(self) -> str:
        return f"{self.table.key}-figure"


def courses(standing: pd.DataFrame, filters: Filters) -> Section:
    frame = frames.titles().merge(metrics.rates(standing, ["course"]), on="course")
    columns = (
        Column("title", _("Course")),
        Column("number", _("Students"), "count"),
        Column("watched", _("Watched"), "minutes"),
        Column("possible", _("Possible"), "minutes"),
        Column("rate", _("Learn rate"), "percent"),
    )
    table = Table("courses", _("Learn rate by course"), frame, columns, _to_students(filters, course="course"))
    empty = bool(frame["rate"].isna().all())
    return _section(table, figures.by_course, metrics.DEFINITION_BY_COURSE, _extremes(frame), empty=empty)


def weeks(filters: Filters, student: int | None = None) -> Section:
    frame = metrics.weekly(
        frames.watched_by_day(filters, student),
        frames.possible_by_day(filters, student),
        since=pd.Timestamp(filters.since),
        until=pd.Timestamp(filters.until),
    )
    columns = (
        Column("week", _("Week from"), "day"),
        Column("new", _("Watched in the week"), "minutes"),
        Column("watched", _("Watched so far"), "minutes"),
        Column("possible", _("Possible so far"), "minutes"),
        Column("rate", _("Learn rate"), "percent"),
    )
    link = _to_students(filters, week="week") if student is None else None
    table = Table("weeks", _("Learn rate over time"), frame, columns, link)
    empty = bool(frame["rate"].isna().all())
    return _section(table, figures.by_week, metrics.DEFINITION_BY_WEEK, _course_of_time(frame), empty=empty)


def distribution(standing: pd.DataFrame, filters: Filters) -> Section:
    frame = metrics.distribution(metrics.rates(standing, ["student"]))
    frame.insert(0, "name", [bin_name(number) for number in frame["bin"]])
    columns = (Column("name", _("Learn rate")), Column("students", _("Students"), "count"))
    table = Table("distribution", _("Students by learn rate"), frame, columns, _to_students(filters, bin="bin"))
    total = int(frame["students"].sum())
    summary = ngettext("%(total)d student in ten bins.", "%(total)d students in ten bins.", total) % {"total": total}
    return _section(table, figures.distribution, metrics.DEFINITION_DISTRIBUTION, summary, empty=total == 0)


@dataclass(frozen=True)
class Tile:
    label: str
    value: str
    note: str = ""


def tiles(standing: pd.DataFrame, filters: Filters) -> list[Tile]:
    """The few numbers above the charts. Students whose courses have no video have no learn rate and are not counted."""
    students = metrics.rates(standing, ["student"]).dropna(subset="rate")
    begun = int((students["watched"] > 0).sum())
    rate = f"{Column('rate', '', 'percent').text(metrics.overall(standing))}\N{NO-BREAK SPACE}%"
    minutes = round(int(standing["watched"].sum()) / 60)
    return [
        Tile(_("Learn rate"), rate, _("as of %(day)s") % {"day": date_format(filters.until, "DATE_FORMAT")}),
        Tile(_("Students"), _count(len(students)), _("%(number)s have begun") % {"number": _count(begun)}),
        Tile(_("Minutes watched"), _count(minutes), _("each second counted once")),
    ]


def _count(number: int) -> str:
    return number_format(number, use_l10n=True, force_grouping=True)


def bin_name(number: int) -> str:
    width = 100 // metrics.BINS
    return f"{number * width}\N{EN DASH}{(number + 1) * width} %"


def _section(table: Table, figure: Figure, definition: str, summary: str, *, empty: bool) -> Section:
    """The figure is drawn from the table's frame, so the two cannot differ. Without anything to draw there is none."""
    drawn = None
    if not empty:
        drawn = as_json(figure(table.frame, [table.url(row) for row in table.frame.to_dict("records")]))
    return Section(table, drawn, _(definition), summary)


def _to_students(filters: Filters, **names: str) -> Callable[[dict[str, Any]], str]:
    """Where a row leads: the students behind it, narrowed by the row's own values as well."""

    def link(row: dict[str, Any]) -> str:
        own = {name: _in_address(row[column]) for name, column in names.items()}
        return f"{reverse('analytics:students')}?{filters.query(**own)}"

    return link


def _in_address(value: Any) -> Any:
    return value.date() if isinstance(value, pd.Timestamp) else value


def _extremes(frame: pd.DataFrame) -> str:
    rated = frame.dropna(subset="rate").sort_values("rate", kind="stable")
    if rated.empty:
        return _("No course has a learn rate yet.")
    low, high = rated.iloc[0], rated.iloc[-1]
    if len(rated) == 1:
        return _("%(course)s has a learn rate of %(rate)s.") % {"course": low["title"], "rate": percent(low["rate"])}
    said = ngettext(
        "%(number)d course; highest: %(high)s with %(most)s, lowest: %(low)s with %(least)s.",
        "%(number)d courses; highest: %(high)s with %(most)s, lowest: %(low)s with %(least)s.",
        len(frame),
    )
    return said % {
        "number": len(frame),
        "high": high["title"],
        "most": percent(high["rate"]),
        "low": low["title"],
        "least": percent(low["rate"]),
    }


def _course_of_time(frame: pd.DataFrame) -> str:
    rated = frame["rate"].dropna()
    if rated.empty:
        return _("Nobody was enrolled in a course with video in this period.")
    said = ngettext(
        "%(weeks)d week, from %(first)s to %(last)s.", "%(weeks)d weeks, from %(first)s to %(last)s.", len(frame)
    )
    return said % {"weeks": len(frame), "first": percent(rated.iloc[0]), "last": percent(rated.iloc[-1])}
