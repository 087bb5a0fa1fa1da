"""A small academy whose learn rates can be worked out by hand."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from analytics.period import Filters
from cms.catalog.models import CoursePage, LessonPage
from gradus.accounts.models import User
from gradus.accounts.roles import Role
from tests.cms.conftest import (
    MakeCourse,
    MakeLesson,
    MakeVideo,
    catalogue,
    make_course,
    make_lesson,
    make_video,
    private_files,
    site,
)
from tests.conftest import MakePerson
from workflows.learning.models import CourseProgress, LessonProgress
from workflows.learning.watch_days import WatchDay

__all__ = ["catalogue", "make_course", "make_lesson", "make_video", "private_files", "site"]

TODAY = date(2026, 3, 11)  # a Wednesday
NOW = datetime(2026, 3, 11, 12, tzinfo=UTC)


@dataclass
class Academy:
    """Enrols people and lets them watch, days ago."""

    courses: dict[str, CoursePage] = field(default_factory=dict)
    lessons: dict[str, LessonPage] = field(default_factory=dict)

    def enrol(self, user: User, course: str, *, days_ago: int = 0) -> CourseProgress:
        moment = NOW - timedelta(days=days_ago)
        row = CourseProgress(user=user, course=self.courses[course], created_at=moment)
        return CourseProgress.objects.bulk_create([row])[0]

    def watch(self, user: User, lesson: str, seconds: int, *, days_ago: int = 0) -> None:
        page = self.lessons[lesson]
        enrolment = CourseProgress.objects.get(user=user, course=page.course)
        progress, _ = LessonProgress.objects.get_or_create(course_progress=enrolment, lesson=page)
        progress.seconds_watched += seconds
        progress.save()
        WatchDay.objects.create(user=user, lesson=page, day=TODAY - timedelta(days=days_ago), seconds=seconds)


@pytest.fixture
def clock() -> "time_machine.Coordinates":
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def empty_academy(clock: object, make_course: MakeCourse, make_lesson: MakeLesson, make_video: MakeVideo) -> Academy:
    """Pricing: 10 and 5 minutes of video. Selling: 30 minutes. Reading: none."""
    academy = Academy()
    for title, lessons in {"Pricing": {"Scope": 600, "Margin": 300}, "Selling": {"Calls": 1800}}.items():
        academy.courses[title] = make_course(title)
        for name, seconds in lessons.items():
            video = make_video(name, seconds=seconds)
            academy.lessons[name] = make_lesson(academy.courses[title], name, video=video)
    academy.courses["Reading"] = make_course("Reading")
    make_lesson(academy.courses["Reading"], "A text", text="Words.")
    return academy


@pytest.fixture
def people(make_person: MakePerson) -> dict[str, User]:
    return {name: make_person(name, Role.STUDENT) for name in ("Ben", "Cleo", "Dora")}


@pytest.fixture
def academy(empty_academy: Academy, people: dict[str, User]) -> Academy:
    """Ben: Pricing 10 of 15 minutes, Selling 0 of 30. Cleo: Selling 30 of 30. Dora: Reading, which has no video."""
    empty_academy.enrol(people["Ben"], "Pricing", days_ago=30)
    empty_academy.enrol(people["Ben"], "Selling", days_ago=8)
    empty_academy.enrol(people["Cleo"], "Selling", days_ago=20)
    empty_academy.enrol(people["Dora"], "Reading", days_ago=20)
    empty_academy.watch(people["Ben"], "Scope", 300, days_ago=29)
    empty_academy.watch(people["Ben"], "Margin", 300, days_ago=2)
    empty_academy.watch(people["Cleo"], "Calls", 900, days_ago=15)
    empty_academy.watch(people["Cleo"], "Calls", 900, days_ago=0)
    return empty_academy


@pytest.fixture
def usual(clock: object) -> Filters:
    return Filters.usual()
