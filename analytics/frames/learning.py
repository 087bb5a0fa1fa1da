"""What was watched and what there was to watch, out of the learning tables.

Everywhere: `watched` and `possible` are seconds (int64), `student` and `course` are keys (int64), days are UTC. Only
published lessons with a video count, in the course they belong to today, each with at most its video's length.
"""

from typing import Any

import pandas as pd
from django.contrib.auth import get_user_model
from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Least, TruncDate

from analytics.frames.sql import compiled, read
from analytics.period import Filters
from cms.catalog.models import CoursePage, LessonPage
from workflows.learning.models import CourseProgress, LessonProgress, WatchDay

Rows = QuerySet[Any, Any]
SECONDS = {"watched": "int64", "possible": "int64"}
DAILY = {"day": "datetime64[us]", "seconds": "int64"}

# A course without video has nothing possible, a student who has not begun has nothing watched. Materialised: else
# PostgreSQL sums up everything once per parallel worker.
STANDING = """
WITH seen AS MATERIALIZED {seen}, size AS {size}, enrolled AS {enrolled}
SELECT enrolled.user_id, enrolled.course_id,
       CASE WHEN seen.seconds > size.seconds THEN size.seconds ELSE COALESCE(seen.seconds, 0) END,
       COALESCE(size.seconds, 0)
FROM enrolled
LEFT JOIN size ON size.course_id = enrolled.course_id
LEFT JOIN seen ON seen.whose = enrolled.whose AND seen.course_id = enrolled.course_id
"""
POSSIBLE_BY_DAY = """
WITH enrolled AS {enrolled}, size AS {size}
SELECT enrolled.day, CAST(SUM(size.seconds) AS BIGINT)
FROM enrolled JOIN size USING (course_id) GROUP BY enrolled.day ORDER BY enrolled.day
"""


def standing(filters: Filters, student: int | None = None) -> pd.DataFrame:
    """A row per enrolment, summed over its lessons. Columns: student, course, watched, possible."""
    seen, whose = (_seen_by_now, "pk") if filters.reaches_today else (_seen_until, "user_id")
    enrolled = _enrolments(filters, student).values("user_id", "course_id", whose=F(whose))
    types = {"student": "int64", "course": "int64", **SECONDS}
    return _filled(STANDING, types, seen=seen(filters, student), size=_sizes(), enrolled=enrolled)


def titles() -> pd.DataFrame:
    """Of all courses, by title. Columns: course, title str."""
    return _from_rows(
        CoursePage.objects.order_by("title", "pk").values("pk", "title"), {"course": "int64", "title": "str"}
    )


def names(filters: Filters) -> pd.DataFrame:
    """Of everybody enrolled, by name. Columns: student, name str."""
    people = get_user_model().objects.filter(pk__in=_enrolments(filters, None).values("user_id"))
    return _from_rows(
        people.order_by("display_name", "pk").values("pk", "display_name"), {"student": "int64", "name": "str"}
    )


def watchers(filters: Filters) -> pd.DataFrame:
    """Who saw something for the first time within the period. By name; columns: student, name str, seconds int64."""
    inside = _watch_days(filters).filter(day__gte=filters.since)
    rows = inside.values("user_id", "user__display_name").annotate(total=Sum("seconds"))
    rows = rows.filter(total__gt=0).order_by("user__display_name", "user_id")
    return _from_rows(rows, {"student": "int64", "name": "str", "seconds": "int64"})


def watched_by_day(filters: Filters, student: int | None = None) -> pd.DataFrame:
    """Seconds seen for the first time, per day until the period's end. Columns: day datetime64, seconds int64."""
    rows = _watch_days(filters, student).values("day").annotate(total=Sum("seconds")).order_by("day")
    return _from_rows(rows, DAILY)


def possible_by_day(filters: Filters, student: int | None = None) -> pd.DataFrame:
    """Seconds of video of the courses enrolled in, per day of enrolment. Columns as in `watched_by_day`."""
    enrolled = _enrolments(filters, student).annotate(day=TruncDate("created_at")).values("day", "course_id")
    return _filled(POSSIBLE_BY_DAY, DAILY, enrolled=enrolled, size=_sizes())


def _enrolments(filters: Filters, student: int | None) -> Rows:
    rows: Rows = CourseProgress.objects.filter(created_at__lt=filters.end)
    return rows.filter(**_chosen(course_id=filters.course, user_id=student))


def _lessons() -> Rows:
    rows: Rows = LessonPage.objects.steps().filter(video__isnull=False, course__isnull=False)
    return rows


def _sizes() -> Rows:
    rows: Rows = _lessons().values("course_id").annotate(seconds=Sum("video__seconds"))
    return rows


def _seen_by_now(filters: Filters, student: int | None) -> Rows:
    chosen = _chosen(course_progress__course_id=filters.course, course_progress__user_id=student)
    rows: Rows = LessonProgress.objects.filter(lesson__in=_lessons().values("pk"), **chosen)
    grouped: Rows = rows.values(whose=F("course_progress_id"), course_id=F("lesson__course_id"))
    summed: Rows = grouped.annotate(seconds=Sum(Least("seconds_watched", "lesson__video__seconds")))
    return summed


def _seen_until(filters: Filters, student: int | None) -> Rows:
    grouped: Rows = _watch_days(filters, student).values(whose=F("user_id"), course_id=F("lesson__course_id"))
    summed: Rows = grouped.annotate(seconds=Sum("seconds"))
    return summed


def _watch_days(filters: Filters, student: int | None = None) -> Rows:
    rows: Rows = WatchDay.objects.filter(day__lte=filters.until, lesson__in=_lessons().values("pk"))
    return rows.filter(**_chosen(lesson__course_id=filters.course, user_id=student))


def _chosen(**wanted: int | None) -> dict[str, int]:
    return {name: value for name, value in wanted.items() if value is not None}


def _filled(sql: str, types: dict[str, str], **parts: Rows) -> pd.DataFrame:
    """Run a statement with querysets in its named places. They stand in the order of their names in the text."""
    texts, params = {}, []
    for name in sorted(parts, key=lambda name: sql.index(f"{{{name}}}")):
        texts[name], more = compiled(parts[name])
        params += more
    return read(sql.format(**texts), params, types)


def _from_rows(rows: Rows, types: dict[str, str]) -> pd.DataFrame:
    return read(*rows.query.sql_with_params(), types)
