"""Students with histories: forty for the demo academy, any number for simulations. The same seed gives the same."""

import csv
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from cms.catalog.models import CoursePage, LessonPage
from gradus.accounts.models import User
from gradus.accounts.roles import Actor, Role
from gradus.core import bulk
from gradus.flow import Happened, Past, backfill
from workflows.learning.histories import History, Syllabus, Visit, imagine
from workflows.learning.models import CourseProgress, LessonProgress, WatchDay

PER_BATCH = 2000
DAYS = 180
LOCKED = make_password(None)  # nobody signs in as an imagined student


def load(fixtures_dir: Path, rng: Random) -> int:
    """Add the demo's students, and histories for every student who has none; returns the courses taken."""
    with (fixtures_dir / "students.csv").open(encoding="utf-8", newline="") as file:
        listed = [_person(row["name"], row["email"], row["time_zone"]) for row in csv.DictReader(file)]
    known = set(User.objects.values_list("email", flat=True))
    _add_students([user for user in listed if user.email not in known])
    idle = User.objects.filter(groups__name=Role.STUDENT, course_progresses=None).order_by("email")
    return _live(list(idle), syllabuses(), rng, until=timezone.now(), at_least=2, facts=True)


def simulate(*, students: int, seed: int, until: datetime | None = None) -> int:
    """Add this many students with histories in all published courses; returns the courses taken."""
    rng = Random(seed)  # noqa: S311  (a simulation, not a secret)
    until = until or timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    courses = syllabuses()
    people = (_imaginary(rng, seed, number) for number in range(1, students + 1))
    taken = 0
    while batch := list(islice(people, PER_BATCH)):
        with transaction.atomic(), bulk.uncollected():
            taken += _live(_add_students(batch), courses, rng, until=until)
    return taken


def is_simulated(seed: int) -> bool:
    return User.objects.filter(email=_address(seed, 1)).exists()


def syllabuses() -> list[Syllabus]:
    """The published courses that have lessons, in the order of the site."""
    lessons = LessonPage.objects.steps().filter(course__live=True).order_by("path")
    found: dict[int, list[tuple[int, int]]] = {}
    for course_id, lesson_id, seconds in lessons.values_list("course_id", "pk", "video__seconds"):
        found.setdefault(course_id, []).append((lesson_id, seconds or 0))
    return [Syllabus(course_id, tuple(its)) for course_id, its in found.items()]


def _person(name: str, email: str, time_zone: str = "") -> User:
    return User(email=email, display_name=name, time_zone=time_zone, password=LOCKED)


def _imaginary(rng: Random, seed: int, number: int) -> User:
    first, last = rng.choice(FIRST), rng.choice(LAST)
    return _person(f"{first} {last}", _address(seed, number))


def _address(seed: int, number: int) -> str:
    return f"student-{seed}-{number:07}@simulated.invalid"


def _add_students(people: list[User]) -> list[User]:
    group, _created = Group.objects.get_or_create(name=Role.STUDENT.value)
    added = bulk.create(User, people)
    memberships = User.groups.through
    bulk.insert(memberships, (memberships(user_id=user.pk, group_id=group.pk) for user in added))
    return added


def _live(
    students: Sequence[User],
    courses: Sequence[Syllabus],
    rng: Random,
    *,
    until: datetime,
    at_least: int = 1,
    facts: bool = False,
) -> int:
    """Give each student some courses and a way through each of them; written a batch at a time."""
    pages = CoursePage.objects.in_bulk([syllabus.course_id for syllabus in courses])
    lives = [(user, history) for user in students for history in _lives(rng, courses, until=until, at_least=at_least)]
    pasts = [_past(user, pages[history.course_id], history) for user, history in lives]
    progresses = backfill(CourseProgress, pasts, batch=PER_BATCH, facts=facts)
    bulk.insert(
        LessonProgress,
        (
            _lesson_progress(progress, visit)
            for progress, (_user, history) in zip(progresses, lives, strict=True)
            for visit in history.visits
        ),
        batch=PER_BATCH,
    )
    days = (_watch_day(user, visit) for user, history in lives for visit in history.visits if visit.seconds)
    bulk.insert(WatchDay, days, batch=PER_BATCH)
    return len(progresses)


def _lives(rng: Random, courses: Sequence[Syllabus], *, until: datetime, at_least: int) -> Iterator[History]:
    number = min(len(courses), at_least + (rng.random() < 0.4) + (rng.random() < 0.15))
    for syllabus in rng.sample(courses, number):
        begin = until - timedelta(days=DAYS * rng.random() ** 1.3, hours=1)
        yield imagine(rng, syllabus, begin=begin, until=until)


def _past(user: User, course: CoursePage, history: History) -> Past:
    student = Actor(user, Role.STUDENT)
    steps = [
        Happened(name, at, by=student, terms={"course_visible": True, "lessons_complete": name == "complete"})
        for name, at in history.moves
    ]
    return Past({"user": user, "course": course}, steps)


def _watch_day(user: User, visit: Visit) -> WatchDay:
    day = visit.updated_at.astimezone(UTC).date()
    return WatchDay(user_id=user.pk, lesson_id=visit.lesson_id, day=day, seconds=visit.seconds)


def _lesson_progress(progress: CourseProgress, visit: Visit) -> LessonProgress:
    return LessonProgress(
        course_progress_id=progress.pk,
        lesson_id=visit.lesson_id,
        ranges=visit.watched,
        seconds_watched=visit.seconds,
        position=visit.position,
        opened_at=visit.opened_at,
        updated_at=visit.updated_at,
        completed_at=visit.completed_at,
    )


FIRST = (
    "Ada", "Amir", "Anna", "Ben", "Carla", "Chen", "Clara", "David", "Elena", "Emil", "Eva", "Fatima", "Felix",
    "Grace", "Hugo", "Ida", "Igor", "Jana", "Jonas", "Julia", "Kai", "Lara", "Leo", "Lina", "Luca", "Maja", "Marco",
    "Maria", "Max", "Mia", "Nils", "Nina", "Noor", "Olga", "Omar", "Otto", "Paula", "Pia", "Rosa", "Sara", "Theo",
    "Yuki",
)  # fmt: skip
LAST = (
    "Adler", "Bauer", "Berg", "Brandt", "Costa", "Diallo", "Ek", "Fischer", "Garcia", "Haas", "Ito", "Jansen",
    "Kaya", "Keller", "Kim", "Klein", "Kovac", "Lang", "Larsen", "Lopez", "Meyer", "Moreau", "Novak", "Okafor", "Olsen",
    "Park", "Peters", "Rossi", "Roth", "Sato", "Schulz", "Silva", "Singh", "Stein", "Tran", "Vogel", "Weber", "Wolf",
)  # fmt: skip
