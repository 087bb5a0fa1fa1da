"""Watched ranges are a set of seconds, written down as few intervals."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from workflows.learning.ranges import Ranges, clip, merge, normalise, total

second = st.integers(-20, 120)
intervals = st.lists(st.tuples(second, second), max_size=12)


def seconds_of(ranges: list[tuple[int, int]] | Ranges) -> set[int]:
    return {moment for start, end in ranges for moment in range(start, end)}


@given(intervals)
def test_normalising_keeps_exactly_the_same_seconds(some: list[tuple[int, int]]) -> None:
    assert seconds_of(normalise(some)) == seconds_of(some)


@given(intervals)
def test_the_result_is_sorted_disjoint_and_has_gaps(some: list[tuple[int, int]]) -> None:
    result = normalise(some)
    assert all(start < end for start, end in result)
    assert all(before[1] < after[0] for before, after in pairwise(result))


@given(intervals)
def test_merging_with_itself_changes_nothing(some: list[tuple[int, int]]) -> None:
    once = normalise(some)
    assert merge(once, once) == once == normalise(once)


@given(intervals, intervals, intervals)
def test_the_order_of_reports_does_not_matter(
    a: list[tuple[int, int]], b: list[tuple[int, int]], c: list[tuple[int, int]]
) -> None:
    assert merge(a, b) == merge(b, a)
    assert merge(merge(a, b), c) == merge(a, merge(b, c)) == merge(c, a, b)


@given(intervals, intervals)
def test_merging_equals_the_union_of_sets(a: list[tuple[int, int]], b: list[tuple[int, int]]) -> None:
    assert seconds_of(merge(a, b)) == seconds_of(a) | seconds_of(b)


@given(intervals)
def test_the_total_counts_each_second_once(some: list[tuple[int, int]]) -> None:
    assert total(normalise(some)) == len(seconds_of(some))


@given(intervals, st.integers(0, 100))
def test_clipping_never_exceeds_the_duration(some: list[tuple[int, int]], duration: int) -> None:
    clipped = clip(some, duration)
    assert seconds_of(clipped) == seconds_of(some) & set(range(duration))
    assert total(clipped) <= duration
