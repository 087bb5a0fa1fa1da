"""Two changes of one text put together, line by line: what both made of what stood there before.

This is the way of diff3. Where only one side changed a stretch of lines, its change is taken; where both made the same
of it, that is; where they differ, both are kept between marks. No book with such a mark can be read, so none can be
published before somebody has decided.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from gradus.policy.source import CONFLICT_BEGINS, CONFLICT_ENDS

BETWEEN = "======="
Lines = list[str]


@dataclass(frozen=True, slots=True)
class Merged:
    text: str
    conflicts: int


def merge(base: str, ours: str, theirs: str) -> Merged:
    """`ours` with what `theirs` changed since `base`."""
    lines: Lines = []
    conflicts = 0
    for before, one, two in _stretches(base.splitlines(), ours.splitlines(), theirs.splitlines()):
        if two in (one, before):
            lines += one
        elif one == before:
            lines += two
        else:
            conflicts += 1
            lines += [f"{CONFLICT_BEGINS}written here", *one, BETWEEN, *two, f"{CONFLICT_ENDS}installed file"]
    return Merged("\n".join(lines) + "\n" if lines else "", conflicts)


def _stretches(base: Lines, one: Lines, two: Lines) -> Iterator[tuple[Lines, Lines, Lines]]:
    """Cut where all three agree; together the pieces are the three texts."""
    at, at_one, at_two = 0, 0, 0
    for start, start_one, start_two, size in (*_agreed(base, one, two), (len(base), len(one), len(two), 0)):
        if (at, at_one, at_two) != (start, start_one, start_two):
            yield base[at:start], one[at_one:start_one], two[at_two:start_two]
        at, at_one, at_two = start + size, start_one + size, start_two + size
        yield base[start:at], one[start_one:at_one], two[start_two:at_two]


def _agreed(base: Lines, one: Lines, two: Lines) -> Iterator[tuple[int, int, int, int]]:
    """Runs of lines that stand in all three: where in each, and how many."""
    left, right = (SequenceMatcher(None, base, side, autojunk=False).get_matching_blocks() for side in (one, two))
    for block in left:
        for other in right:
            start, end = max(block.a, other.a), min(block.a + block.size, other.a + other.size)
            if start < end:
                yield start, block.b + start - block.a, other.b + start - other.a, end - start
