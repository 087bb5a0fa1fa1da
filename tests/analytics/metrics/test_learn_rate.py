"""The learn rate against small tables worked out by hand, and what must hold for every table."""

from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.metrics import learn_rate

ROWS = pd.DataFrame(
    {
        "student": [1, 1, 2, 2, 3],
        "course": [10, 20, 10, 20, 30],
        "watched": [300, 0, 600, 900, 0],
        "possible": [600, 1800, 600, 1800, 0],
    }
)


def day(text: str) -> pd.Timestamp:
    return pd.Timestamp(text)


def daily(**seconds: int) -> pd.DataFrame:
    """`daily(d0105=60)`: 60 seconds on 5 January 2026."""
    return pd.DataFrame(
        {
            "day": pd.to_datetime([f"2026-{name[1:3]}-{name[3:]}" for name in seconds]),
            "seconds": pd.Series(list(seconds.values()), dtype="int64"),
        }
    )


def test_a_student_who_watched_half_of_a_course_has_a_learn_rate_of_one_half() -> None:
    assert learn_rate.with_rate(ROWS)["rate"].tolist()[:4] == [0.5, 0.0, 1.0, 0.5]


def test_a_course_without_video_has_no_learn_rate() -> None:
    assert pd.isna(learn_rate.with_rate(ROWS)["rate"].iloc[4])


def test_across_courses_each_weighs_as_much_as_it_has_minutes() -> None:
    by_student = learn_rate.rates(ROWS, ["student"]).set_index("student")["rate"]
    # Ten minutes at one half and thirty at nothing; ten at one and thirty at one half.
    assert by_student[1] == (10 * 0.5 + 30 * 0.0) / 40
    assert by_student[2] == (10 * 1.0 + 30 * 0.5) / 40


def test_of_a_course_it_is_the_mean_over_its_students() -> None:
    by_course = learn_rate.rates(ROWS, ["course"]).set_index("course")["rate"]
    assert by_course[10] == (0.5 + 1.0) / 2
    assert by_course[20] == (0.0 + 0.5) / 2


def test_overall_leaves_out_what_has_no_video() -> None:
    assert learn_rate.overall(ROWS) == 1800 / 4800


def test_nothing_to_watch_gives_no_number_rather_than_zero() -> None:
    assert pd.isna(learn_rate.overall(ROWS.iloc[:0]))


def test_a_video_that_became_shorter_gives_at_most_one() -> None:
    shortened = pd.DataFrame({"watched": [90], "possible": [60]})
    assert learn_rate.with_rate(shortened)["rate"].tolist() == [1.0]


@pytest.mark.parametrize(
    ("rate", "expected"),
    [(0.0, 0), (0.0999, 0), (0.1, 1), (0.3, 3), (0.6, 6), (0.7, 7), (0.9, 9), (0.9999, 9), (1.0, 9)],
)
def test_a_bin_includes_its_lower_end_and_the_last_one_both(rate: float, expected: int) -> None:
    assert learn_rate.bins(pd.Series([rate])).tolist() == [expected]


def test_the_distribution_has_every_bin_and_counts_students() -> None:
    frame = learn_rate.distribution(learn_rate.rates(ROWS, ["student"]))
    assert frame["students"].tolist() == [0, 1, 0, 0, 0, 0, 1, 0, 0, 0]  # 12.5 % and 62.5 %; the third has no video
    assert (frame["lower"].iloc[3], frame["upper"].iloc[3]) == (0.3, 0.4)


def test_weeks_begin_on_monday() -> None:
    days = pd.Series(pd.to_datetime(["2026-01-04", "2026-01-05", "2026-01-11", "2026-01-12"]))
    assert [str(week.date()) for week in learn_rate.weeks_of(days)] == [
        "2025-12-29",
        "2026-01-05",
        "2026-01-05",
        "2026-01-12",
    ]


def test_the_weekly_learn_rate_counts_everything_so_far() -> None:
    frame = learn_rate.weekly(
        watched=daily(d0105=100, d0111=50, d0120=150),
        possible=daily(d0102=400, d0113=200),
        since=day("2026-01-05"),
        until=day("2026-01-25"),
    )
    assert frame["new"].tolist() == [150, 0, 150]
    assert frame["watched"].tolist() == [150, 150, 300]
    assert frame["possible"].tolist() == [400, 600, 600]
    assert frame["rate"].tolist() == [150 / 400, 150 / 600, 300 / 600]


def test_what_came_before_the_period_is_in_the_sums_but_not_in_its_weeks() -> None:
    frame = learn_rate.weekly(
        watched=daily(d0101=70, d0107=30), possible=daily(d0101=200), since=day("2026-01-06"), until=day("2026-01-08")
    )
    assert (frame["new"].tolist(), frame["watched"].tolist()) == ([30], [100])


def test_what_comes_after_the_period_is_not_counted() -> None:
    frame = learn_rate.weekly(
        watched=daily(d0106=30, d0109=30), possible=daily(d0101=200), since=day("2026-01-05"), until=day("2026-01-08")
    )
    assert (frame["new"].tolist(), frame["rate"].tolist()) == ([30], [30 / 200])


def test_a_period_without_any_record_has_its_weeks_and_no_rate() -> None:
    frame = learn_rate.weekly(daily(), daily(), since=day("2026-01-05"), until=day("2026-01-18"))
    assert frame["new"].tolist() == [0, 0]
    assert frame["rate"].isna().all()


@st.composite
def tables(draw: st.DrawFn) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for student in range(draw(st.integers(1, 5))):
        for course, minutes in enumerate((0, 7, 40)):
            watched = draw(st.integers(0, minutes * 60))
            rows.append({"student": student, "course": course, "watched": watched, "possible": minutes * 60})
    return pd.DataFrame(rows)


@given(tables())
def test_every_rate_lies_between_nothing_and_all(table: pd.DataFrame) -> None:
    for by in (["student"], ["course"], ["student", "course"]):
        assert learn_rate.rates(table, by)["rate"].dropna().between(0, 1).all()


@given(tables())
def test_summing_beforehand_changes_nothing(table: pd.DataFrame) -> None:
    by_course = learn_rate.rates(table, ["course"])
    assert learn_rate.overall(by_course) == learn_rate.overall(table)
    assert learn_rate.overall(learn_rate.rates(table, ["student"])) == learn_rate.overall(table)


@given(tables())
def test_a_student_lies_between_their_worst_and_their_best_course(table: pd.DataFrame) -> None:
    single = learn_rate.with_rate(table).groupby("student")["rate"].agg(["min", "max"])
    whole = learn_rate.rates(table, ["student"]).set_index("student")["rate"]
    assert (whole >= single["min"] - 1e-9).all()
    assert (whole <= single["max"] + 1e-9).all()


@given(tables())
def test_every_student_with_a_rate_is_in_exactly_one_bin(table: pd.DataFrame) -> None:
    students = learn_rate.rates(table, ["student"])
    frame = learn_rate.distribution(students)
    assert frame["students"].sum() == students["rate"].notna().sum()
    binned = students.assign(bin=learn_rate.bins(students["rate"])).dropna()
    assert (binned["rate"] >= binned["bin"].astype(float) / 10 - 1e-9).all()


@given(tables(), st.integers(1, 600))
def test_watching_more_never_lowers_the_learn_rate(table: pd.DataFrame, seconds: int) -> None:
    more = table.assign(watched=(table["watched"] + seconds).clip(upper=table["possible"]))
    assert learn_rate.overall(more) >= learn_rate.overall(table)
