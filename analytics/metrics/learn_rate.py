"""The learn rate: how much of what a course teaches somebody has taken in. This is its video part.

Frames have these columns (other columns pass through unread):

    watched   int64    distinct seconds of video watched; replaying a second does not count it again
    possible  int64    seconds of video there were to watch
    rate      float64  watched / possible, between 0 and 1; NaN where there was nothing to watch

`watched` and `possible` may have been summed over lessons, courses or students beforehand: a ratio of sums is the
mean of the single rates weighted by their minutes, which is what the learn rate is defined to be.
"""

import pandas as pd

BINS = 10


def gettext_noop(text: str) -> str:
    """Mark a text for the translators; whoever shows it translates it."""
    return text


DEFINITION = gettext_noop(
    "Learn rate (video part): the distinct seconds somebody has watched of a course's videos, divided by the total "
    "seconds of those videos. Replaying a part counts once and skipping ahead counts nothing. Across several courses, "
    "each course weighs as much as it has minutes of video; courses without video are left out."
)
DEFINITION_BY_COURSE = gettext_noop(
    "One bar per course: what all its students have watched, divided by what they could have watched, as of the last "
    "day of the period. Everybody who has enrolled by then counts, also those who have not started."
)
DEFINITION_BY_WEEK = gettext_noop(
    "The learn rate at the end of each week, everything watched so far included: a week with many new students "
    "lowers it. Below it, the minutes watched for the first time in that week. Weeks run from Monday to Sunday in UTC; "
    "the first and the last one may be cut by the period. Courses count with the videos they have today."
)
DEFINITION_DISTRIBUTION = gettext_noop(
    "How many students have which learn rate over all their courses, as of the last day of the period. Ten bins of ten "
    "points: each includes its lower end and not its upper one, except the last, which includes 100 %."
)


def with_rate(frame: pd.DataFrame) -> pd.DataFrame:
    """A copy with `rate`. Videos that became shorter after they were watched give at most 1."""
    possible = frame["possible"].where(frame["possible"] > 0)
    return frame.assign(rate=(frame["watched"] / possible).clip(0, 1).astype("float64"))


def rates(frame: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Per group, in order of its keys: sums, learn rate weighted by minutes, and `number` int64, the rows it has."""
    groups = frame.groupby(by, sort=True)
    return with_rate(groups[["watched", "possible"]].sum().assign(number=groups.size()).reset_index())


def overall(frame: pd.DataFrame) -> float:
    """The learn rate of everything in the frame; NaN where there was nothing to watch."""
    possible = float(frame["possible"].sum())
    return min(1.0, float(frame["watched"].sum()) / possible) if possible > 0 else float("nan")


def bins(rate: pd.Series) -> pd.Series:
    """The bin (0 to 9, Int64) of each rate; missing where the rate is."""
    # Rounded first: 0.7 / 0.1 is 6.999..., and 70 % belongs to the bin that begins at 70.
    return (rate * BINS).round(9).floordiv(1).clip(upper=BINS - 1).astype("Int64")


def distribution(frame: pd.DataFrame) -> pd.DataFrame:
    """Students per bin of their rate; every bin is there, in order. Columns: bin int64, lower and upper float64
    (rates), students int64. Rows without a rate are in no bin.
    """
    counts = bins(frame["rate"]).value_counts()
    index = pd.RangeIndex(BINS)
    return pd.DataFrame(
        {
            "bin": index.to_numpy(),
            "lower": index.to_numpy() / BINS,
            "upper": (index.to_numpy() + 1) / BINS,
            "students": counts.reindex(index, fill_value=0).astype("int64").to_numpy(),
        }
    )


def weeks_of(days: pd.Series) -> pd.Series:
    """The Monday of each day's week (datetime64)."""
    mondays: pd.Series = days - pd.to_timedelta(days.dt.day_of_week, unit="D")
    return mondays


def weekly(watched: pd.DataFrame, possible: pd.DataFrame, since: pd.Timestamp, until: pd.Timestamp) -> pd.DataFrame:
    """The learn rate at the end of every week of the period.

    `watched`: day datetime64, seconds int64 (seen for the first time on that day); `possible`: day datetime64,
    seconds int64 (videos of the courses somebody enrolled in on that day). Days before the period count into its sums.
    Result: week datetime64 (a Monday), new int64 (seconds first watched in the week and the period), watched and
    possible int64 (so far), rate float64.
    """
    index = pd.date_range(weeks_of(pd.Series([since]))[0], until, freq="7D", name="week")
    sums = {
        "watched": _so_far(watched, index, until),
        "possible": _so_far(possible, index, until),
    }
    inside = watched[(watched["day"] >= since) & (watched["day"] <= until)]
    new = inside.groupby(weeks_of(inside["day"]))["seconds"].sum().reindex(index, fill_value=0)
    frame = pd.DataFrame({"new": new.astype("int64"), **sums}, index=index)
    return with_rate(frame.reset_index())


def _so_far(seconds: pd.DataFrame, weeks: pd.DatetimeIndex, until: pd.Timestamp) -> pd.Series:
    """What has come together by the end of each week, or of the period when that is earlier."""
    known = seconds[seconds["day"] <= until]
    per_week = known.groupby(weeks_of(known["day"]))["seconds"].sum()
    sums = per_week.reindex(per_week.index.union(weeks), fill_value=0).cumsum()
    return sums.reindex(weeks).astype("int64")
