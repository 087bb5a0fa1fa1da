"""Two tabs and two devices at once lose nothing. Real threads, on PostgreSQL."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connections
from django.utils import timezone

from cms.catalog.models import CoursePage, LessonPage
from gradus import flow
from gradus.accounts.models import User
from gradus.accounts.roles import Role
from tests.cms.conftest import MakeCourse, MakeLesson, MakeVideo
from tests.conftest import MakePerson
from workflows.learning import services
from workflows.learning.models import CourseProgress, LessonProgress
from workflows.learning.reports import Report

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

THREADS = 8


@pytest.fixture
def lesson(make_course: MakeCourse, make_lesson: MakeLesson, make_video: MakeVideo) -> LessonPage:
    return make_lesson(make_course("Pricing"), "Film", video=make_video(seconds=400))


@pytest.fixture
def learner(make_person: MakePerson) -> User:
    return make_person("Ada", Role.STUDENT)


def at_once(work: Sequence[Callable[[], object]]) -> list[object]:
    """Run all of them, started together, each with its own connection."""
    start = threading.Barrier(len(work))

    def run(one: Callable[[], object]) -> object:
        try:
            start.wait(timeout=10)
            return one()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(run, work))


def test_reports_from_many_devices_lose_no_second(learner: User, lesson: LessonPage) -> None:
    services.enrol(user=learner, course=lesson.course)
    yesterday = timezone.now() - timedelta(days=1)

    def device(number: int) -> Callable[[], object]:
        def send() -> None:
            for part in range(5):
                start = (number * 5 + part) * 10
                report = Report(uuid4(), ((start, start + 10),), start + 10, yesterday)
                services.take_report(by=User.objects.get(pk=learner.pk), lesson=lesson, report=report)

        return send

    at_once([device(number) for number in range(THREADS)])
    row = LessonProgress.objects.get()
    assert (row.ranges, row.seconds_watched) == ([[0, 400]], 400)
    progress = CourseProgress.objects.get()
    assert progress.state == "completed"
    assert [record.transition for record in flow.history(progress).done()] == ["enrol", "start", "complete"]


def test_a_double_click_enrols_once(learner: User, lesson: LessonPage) -> None:
    course = CoursePage.objects.get()

    def click() -> object:
        return services.enrol(user=User.objects.get(pk=learner.pk), course=course).pk

    assert len(set(at_once([click] * THREADS))) == 1
    assert CourseProgress.objects.count() == 1
    assert flow.history(CourseProgress.objects.get()).done().count() == 1


def test_two_lessons_finished_at_once_complete_the_course(
    learner: User, lesson: LessonPage, make_lesson: MakeLesson
) -> None:
    texts = [make_lesson(lesson.course, f"Text {number}") for number in range(THREADS)]
    lesson.delete()
    services.enrol(user=learner, course=texts[0].course)

    def read(text: LessonPage) -> Callable[[], object]:
        return lambda: services.mark_read(by=User.objects.get(pk=learner.pk), lesson=text)

    at_once([read(text) for text in texts])
    assert LessonProgress.objects.filter(completed_at__isnull=False).count() == THREADS
    assert CourseProgress.objects.get().state == "completed"
