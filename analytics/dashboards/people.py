"""Drill-down: the students behind a bar, a bin, a week; and one student's own figures."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pandas as pd
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from analytics.dashboards.sections import bin_name
from analytics.frames import learning as frames
from analytics.metrics import learn_rate as metrics
from analytics.period import Filters
from analytics.tables import Column, Table

STUDENT = "student"


def standing(filters: Filters, only_bin: int | None) -> Table:
    """Everybody who counts into the learn rate, or those within one bin of the distribution."""
    rates = metrics.rates(frames.standing(filters), ["student"])
    frame = frames.names(filters).merge(rates, on="student")
    title = _("Students")
    if only_bin is not None:
        frame = frame[(metrics.bins(frame["rate"]) == only_bin).fillna(value=False)]
        title = _("Students with a learn rate of %(bin)s") % {"bin": bin_name(only_bin)}
    columns = (
        Column("name", _("Student")),
        Column("number", _("Courses"), "count"),
        Column("watched", _("Watched"), "minutes"),
        Column("possible", _("Possible"), "minutes"),
        Column("rate", _("Learn rate"), "percent"),
    )
    return Table("students", title, frame, columns, _to_student(filters))


def of_week(filters: Filters, monday: date) -> Table:
    """Who watched something new in that week, as far as it lies in the period."""
    sunday = monday + timedelta(days=6)
    within = replace(filters, since=max(filters.since, monday), until=min(filters.until, sunday))
    frame = frames.watchers(within)
    title = _("Students who watched in the week from %(day)s") % {"day": date_format(monday, "DATE_FORMAT")}
    columns = (Column("name", _("Student")), Column("seconds", _("Watched in the week"), "minutes"))
    return Table("students", title, frame, columns, _to_student(filters))


def courses_of(student: int, filters: Filters) -> Table:
    frame = frames.titles().merge(metrics.rates(frames.standing(filters, student), ["course"]), on="course")
    columns = (
        Column("title", _("Course")),
        Column("watched", _("Watched"), "minutes"),
        Column("possible", _("Possible"), "minutes"),
        Column("rate", _("Learn rate"), "percent"),
    )
    return Table("courses", _("Courses"), frame, columns)


def learn_rate(table: Table) -> float | None:
    """The learn rate of all rows together, as a percentage."""
    rate = metrics.overall(table.frame)
    return None if pd.isna(rate) else rate * 100


def _to_student(filters: Filters) -> Any:
    # The course filter is left behind: a student's page shows all of theirs.
    query = replace(filters, course=None).query()

    def link(row: dict[str, Any]) -> str:
        return f"{reverse('analytics:student', args=[row[STUDENT]])}?{query}"

    return link
