"""Two changes of one book put together: what both made of what stood there before.

This is the way of diff3, over tables first and over the lines within a table then: the same line stands in many tables,
and what somebody did to one of them must not end up in another. Where only one side changed something, its change is
taken; where both made the same of it, that is; where they differ, both are kept between marks. No book with such a mark
can be read, so none can be published before somebody has decided.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import Match, SequenceMatcher
from itertools import pairwise

from gradus.policy.source import CONFLICT_BEGINS, CONFLICT_ENDS, lines_of

BETWEEN = "======="
HEADER = re.compile(r"\s*\[.*\]\s*(#.*)?")
NAME = re.compile(r"\s*id\s*=")
Lines = list[str]
Piece = tuple[slice, slice, slice]  # of each of three


@dataclass(frozen=True, slots=True)
class Table:
    """A header and what stands below it, or what stands above the first one."""

    lines: Lines

    @property
    def name(self) -> tuple[str, ...]:
        """What it is found by in another text: an entry of a list by its id, or by all of it."""
        header = self.lines[0].strip() if self.lines and HEADER.fullmatch(self.lines[0]) else ""
        if not header.startswith("[["):
            return (header,)
        named = next((line.strip() for line in self.lines if NAME.match(line)), None)
        return (header, named) if named else tuple(line for line in self.lines if line.strip())


@dataclass(slots=True)
class Merged:
    lines: Lines = field(default_factory=list)
    conflicts: int = 0

    @property
    def text(self) -> str:
        return "\n".join(self.lines) + "\n" if self.lines else ""

    def add(self, before: Lines, one: Lines, two: Lines) -> None:
        """A stretch as one side has it, or as both have it between marks."""
        if two in (one, before):
            self.lines += one
        elif one == before:
            self.lines += two
        else:
            self.conflicts += 1
            marks = f"{CONFLICT_BEGINS}written here", BETWEEN, f"{CONFLICT_ENDS}installed file"
            self.lines += [marks[0], *one, marks[1], *two, marks[2]]


def merge(base: str, ours: str, theirs: str) -> Merged:
    """`ours` with what `theirs` changed since `base`."""
    merged, texts = Merged(), [_tables(lines_of(text)) for text in (base, ours, theirs)]
    names = [[table.name for table in tables] for tables in texts]
    for piece in _pieces(*names):
        before, one, two = (tables[part] for tables, part in zip(texts, piece, strict=True))
        if [table.name for table in before] == [table.name for table in one] == [table.name for table in two]:
            for tables in zip(before, one, two, strict=True):
                _merge_lines(merged, *(table.lines for table in tables))
        else:
            merged.add(*([line for table in tables for line in table.lines] for tables in (before, one, two)))
    return merged


def _merge_lines(merged: Merged, *texts: Lines) -> None:
    for piece in _pieces(*texts):
        merged.add(*(lines[part] for lines, part in zip(texts, piece, strict=True)))


def _tables(lines: Lines) -> list[Table]:
    starts = [0, *(number for number, line in enumerate(lines) if number and HEADER.fullmatch(line)), len(lines)]
    return [Table(lines[start:end]) for start, end in pairwise(starts)]


def _pieces(base: Sequence[object], one: Sequence[object], two: Sequence[object]) -> Iterator[Piece]:
    """Cut where all three agree; together the pieces are the three of them."""
    at, at_one, at_two = 0, 0, 0
    for start, start_one, start_two, size in (*_agreed(base, one, two), (len(base), len(one), len(two), 0)):
        if (at, at_one, at_two) != (start, start_one, start_two):
            yield slice(at, start), slice(at_one, start_one), slice(at_two, start_two)
        at, at_one, at_two = start + size, start_one + size, start_two + size
        yield slice(start, at), slice(start_one, at_one), slice(start_two, at_two)


def _agreed(
    base: Sequence[object], one: Sequence[object], two: Sequence[object]
) -> Iterator[tuple[int, int, int, int]]:
    """Runs of what stands in all three: where in each, and how many."""
    left, right = (_blocks(base, side) for side in (one, two))
    for block in left:
        for other in right:
            start, end = max(block.a, other.a), min(block.a + block.size, other.a + other.size)
            if start < end:
                yield start, block.b + start - block.a, other.b + start - other.a, end - start


def _blocks(base: Sequence[object], side: Sequence[object]) -> list[Match]:
    return SequenceMatcher(None, base, side, autojunk=False).get_matching_blocks()
