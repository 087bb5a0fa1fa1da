"""Plausible ways through a course, imagined from a random generator: for the demo academy and for simulations.

Nothing here touches the database. The same generator gives the same histories.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from workflows.learning import ranges
from workflows.learning.models import enough
from workflows.learning.ranges import Ranges


@dataclass(frozen=True, slots=True)
class Syllabus:
    """A course as a history needs it: its lessons in order, with their videos' seconds (0: a text)."""

    course_id: int
    lessons: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Visit:
    """What became of one lesson."""

    lesson_id: int
    watched: Ranges
    position: int
    opened_at: datetime
    updated_at: datetime
    completed_at: datetime | None

    @property
    def seconds(self) -> int:
        return ranges.total(self.watched)


@dataclass(slots=True)
class History:
    """One student's way through one course: the transitions in their order, and the lessons seen."""

    course_id: int
    moves: list[tuple[str, datetime]]
    visits: list[Visit] = field(default_factory=list)


def imagine(rng: Random, syllabus: Syllabus, *, begin: datetime, until: datetime) -> History:
    """One way through a course that begins at `begin` and has not gone beyond `until`."""
    history = History(syllabus.course_id, [("enrol", begin)])
    diligence, pace_days = rng.betavariate(3, 1.3), rng.uniform(0.3, 4)
    at = begin + timedelta(hours=rng.expovariate(1 / 20))
    if rng.random() < 0.08 or at >= until:
        return history
    for lesson_id, seconds in syllabus.lessons:
        visit = _visit(rng, lesson_id, seconds, at=at, diligence=diligence)
        if visit.updated_at >= until:
            break
        history.visits.append(visit)
        if visit.completed_at is None or rng.random() > 0.66 + 0.3 * diligence:
            break
        at = visit.updated_at + timedelta(days=rng.expovariate(1 / pace_days))
    history.moves.extend(_moves(rng, history.visits, syllabus, until=until))
    return history


def _visit(rng: Random, lesson_id: int, seconds: int, *, at: datetime, diligence: float) -> Visit:
    if not seconds:
        read = at + timedelta(seconds=rng.randint(90, 900))
        return Visit(lesson_id, (), 0, at, read, read)
    watched = _watched(rng, seconds, diligence)
    covered = ranges.total(watched)
    done = enough(covered, seconds)
    left = at + timedelta(seconds=covered * rng.uniform(1.05, 1.6) + 5)
    return Visit(lesson_id, watched, watched[-1][1], at, left, left if done else None)


def _watched(rng: Random, seconds: int, diligence: float) -> Ranges:
    """The whole video mostly; else a beginning, perhaps with a part skipped."""
    if rng.random() < 0.5 + 0.45 * diligence:
        return ((0, seconds),)
    end = max(1, round(seconds * rng.uniform(0.15, 1)))
    if end < 20 or rng.random() < 0.5:
        return ((0, end),)
    skip = rng.randrange(5, end - 10)
    return ranges.normalise([(0, skip), (min(skip + rng.randint(3, 40), end - 1), end)])


def _moves(
    rng: Random, visits: Sequence[Visit], syllabus: Syllabus, *, until: datetime
) -> Iterator[tuple[str, datetime]]:
    if not visits:
        return
    yield "start", visits[0].opened_at
    last = visits[-1].updated_at
    if len(visits) == len(syllabus.lessons) and all(visit.completed_at for visit in visits):
        yield "complete", last
    elif rng.random() < 0.12 and last + timedelta(days=3) < until:
        yield "pause", last + timedelta(days=rng.uniform(0.1, 3))
