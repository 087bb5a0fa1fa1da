"""Interval arithmetic for what was watched: sorted, disjoint, half-open intervals of whole seconds.

`((0, 10), (20, 25))` is fifteen seconds. Watching the same second again adds nothing, and merging in any
order gives the same, so reports may come late, twice or from two devices.
"""

from collections.abc import Iterable, Sequence

Interval = tuple[int, int]
Ranges = tuple[Interval, ...]


def normalise(intervals: Iterable[Sequence[int]]) -> Ranges:
    """Sorted and disjoint: touching and overlapping intervals become one, empty ones disappear."""
    result: list[Interval] = []
    for start, end in sorted((start, end) for start, end in intervals if start < end):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], end))
        else:
            result.append((start, end))
    return tuple(result)


def merge(*many: Iterable[Sequence[int]]) -> Ranges:
    """What was watched in any of them."""
    return normalise(interval for ranges in many for interval in ranges)


def clip(ranges: Iterable[Sequence[int]], seconds: int) -> Ranges:
    """What of them lies within a video of this many seconds."""
    return normalise((max(0, start), min(end, seconds)) for start, end in ranges)


def total(ranges: Ranges) -> int:
    """Seconds covered; expects normalised ranges."""
    return sum(end - start for start, end in ranges)
