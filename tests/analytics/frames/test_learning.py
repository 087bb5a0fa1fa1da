"""The frames of learning, against an academy small enough to add up by hand."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from analytics.frames import learning as frames
from analytics.metrics import learn_rate as metrics
from analytics.period import Filters
from gradus.accounts.models import User
from tests.analytics.conftest import Academy

MINUTE = 60


def rows(frame: pd.DataFrame, *columns: str) -> list[tuple[object, ...]]:
    return list(frame[list(columns)].itertuples(index=False, name=None))


def daily(frame: pd.DataFrame) -> dict[str, int]:
    return {str(day.date()): seconds for day, seconds in rows(frame, "day", "seconds")}  # type: ignore[attr-defined]


def standing(filters: Filters, student: int | None = None) -> list[tuple[object, ...]]:
    """Name, title, watched, possible: by both."""
    named = frames.standing(filters, student).merge(frames.names(filters)).merge(frames.titles())
    return sorted(rows(named, "name", "title", "watched", "possible"))


def test_every_enrolment_says_what_was_watched_and_could_have_been(academy: Academy, usual: Filters) -> None:
    assert standing(usual) == [
        ("Ben", "Pricing", 10 * MINUTE, 15 * MINUTE),
        ("Ben", "Selling", 0, 30 * MINUTE),
        ("Cleo", "Selling", 30 * MINUTE, 30 * MINUTE),
        ("Dora", "Reading", 0, 0),
    ]


def test_one_course_alone(academy: Academy, usual: Filters) -> None:
    one = replace(usual, course=academy.courses["Pricing"].pk)
    assert standing(one) == [("Ben", "Pricing", 10 * MINUTE, 15 * MINUTE)]


def test_a_period_that_ended_shows_what_was_so_then(academy: Academy, usual: Filters) -> None:
    then = replace(usual, until=date(2026, 3, 1))  # ten days ago: Ben was not yet enrolled in Selling
    assert standing(then) == [
        ("Ben", "Pricing", 5 * MINUTE, 15 * MINUTE),
        ("Cleo", "Selling", 15 * MINUTE, 30 * MINUTE),
        ("Dora", "Reading", 0, 0),
    ]


def test_what_was_watched_is_known_by_day(academy: Academy, usual: Filters) -> None:
    assert daily(frames.watched_by_day(usual)) == {
        "2026-02-10": 300,
        "2026-02-24": 900,
        "2026-03-09": 300,
        "2026-03-11": 900,
    }


def test_what_there_was_to_watch_comes_with_the_day_of_enrolment(academy: Academy, usual: Filters) -> None:
    assert daily(frames.possible_by_day(usual)) == {"2026-02-09": 900, "2026-02-19": 1800, "2026-03-03": 1800}


def test_the_last_week_and_the_courses_tell_the_same_learn_rate(academy: Academy, usual: Filters) -> None:
    watched, possible = frames.watched_by_day(usual), frames.possible_by_day(usual)
    weekly = metrics.weekly(watched, possible, pd.Timestamp(usual.since), pd.Timestamp(usual.until))
    assert weekly["rate"].iloc[-1] == metrics.overall(frames.standing(usual)) == 40 / 75


def test_who_watched_in_a_week(academy: Academy, usual: Filters) -> None:
    week = replace(usual, since=date(2026, 3, 9))
    assert rows(frames.watchers(week), "name", "seconds") == [("Ben", 300), ("Cleo", 900)]


def test_a_lesson_taken_offline_counts_neither_as_watched_nor_as_possible(academy: Academy, usual: Filters) -> None:
    academy.lessons["Scope"].unpublish()
    assert standing(usual)[0] == ("Ben", "Pricing", 300, 300)


def test_a_video_replaced_by_a_shorter_one_counts_at_most_whole(academy: Academy, usual: Filters) -> None:
    video = academy.lessons["Calls"].video
    assert video is not None
    video.seconds = 60
    video.save()
    assert standing(usual)[2] == ("Cleo", "Selling", 60, 60)


def test_one_student_alone(academy: Academy, usual: Filters, people: dict[str, User]) -> None:
    ben = people["Ben"].pk
    assert [row[1:3] for row in standing(usual, ben)] == [("Pricing", 600), ("Selling", 0)]
    assert daily(frames.watched_by_day(usual, ben)) == {"2026-02-10": 300, "2026-03-09": 300}
    assert sum(frames.possible_by_day(usual, ben)["seconds"]) == 45 * MINUTE


@pytest.mark.parametrize(
    "build", [frames.standing, frames.names, frames.watchers, frames.watched_by_day, frames.possible_by_day]
)
def test_columns_and_types_are_the_same_without_rows(db: None, academy: Academy, usual: Filters, build: object) -> None:
    full = build(usual)  # type: ignore[operator]
    none = build(replace(usual, since=date(2020, 1, 1), until=date(2020, 2, 1)))  # type: ignore[operator]
    assert len(full) > len(none) == 0
    assert list(none.dtypes) == list(full.dtypes)
