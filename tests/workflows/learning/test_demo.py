"""Imagined students have histories that could have happened, and the same seed imagines the same."""

from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from cms.catalog.models import CoursePage
from gradus import flow, policy
from gradus.accounts.models import User
from gradus.accounts.roles import Role
from gradus.flow.models import TransitionRecord
from gradus.rulebook.replaying import replay
from tests.cms.conftest import MakeCourse, MakeLesson, MakeVideo
from workflows.learning import demo, ranges, terms
from workflows.learning.histories import Syllabus, imagine
from workflows.learning.models import CourseProgress, LessonProgress

UNTIL = datetime(2026, 6, 1, tzinfo=UTC)
BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
SYLLABUS = Syllabus(1, ((11, 300), (12, 0), (13, 45), (14, 1200)))


@pytest.fixture
def academy(make_course: MakeCourse, make_lesson: MakeLesson, make_video: MakeVideo) -> list[CoursePage]:
    courses = [make_course(f"Course {number}") for number in range(3)]
    for course in courses:
        make_lesson(course, "One", video=make_video(seconds=90))
        make_lesson(course, "Two")
    return courses


def snapshot() -> list[tuple[object, ...]]:
    rows = LessonProgress.objects.order_by("course_progress__user__email", "lesson__path", "opened_at")
    return list(
        rows.values_list(
            "course_progress__user__email", "course_progress__user__display_name", "course_progress__state", "lesson",
            "ranges", "seconds_watched", "position", "opened_at", "updated_at", "completed_at",
        )
    )  # fmt: skip


@given(st.integers(0, 10_000))
def test_a_history_could_have_happened(seed: int) -> None:
    history = imagine(Random(seed), SYLLABUS, begin=BEGIN, until=UNTIL)
    seconds = dict(SYLLABUS.lessons)
    assert [visit.lesson_id for visit in history.visits] == list(seconds)[: len(history.visits)]
    moments = [at for _name, at in history.moves]
    assert moments == sorted(moments)
    assert max([*moments, *(visit.updated_at for visit in history.visits)]) <= UNTIL
    for visit in history.visits:
        assert visit.watched == ranges.clip(visit.watched, seconds[visit.lesson_id])
        assert visit.seconds <= 2 * (visit.updated_at - visit.opened_at).total_seconds() + 5
        complete = visit.seconds * 100 >= 95 * seconds[visit.lesson_id]
        assert (visit.completed_at is not None) == complete


@given(st.integers(0, 10_000))
def test_the_same_seed_imagines_the_same(seed: int) -> None:
    one, two = (imagine(Random(seed), SYLLABUS, begin=BEGIN, until=UNTIL) for _ in range(2))
    assert one == two


def test_the_same_simulation_gives_the_same_academy(academy: list[CoursePage]) -> None:
    def simulated() -> list[tuple[object, ...]]:
        with transaction.atomic():
            demo.simulate(students=30, seed=7, until=UNTIL)
            found = snapshot()
            transaction.set_rollback(True)
        return found

    first = simulated()
    assert first == simulated()
    assert len({row[0] for row in first}) > 20


def test_what_is_written_agrees_with_itself(academy: list[CoursePage]) -> None:
    taken = demo.simulate(students=60, seed=3, until=UNTIL)
    assert CourseProgress.objects.count() == taken >= 60
    assert User.objects.filter(groups__name=Role.STUDENT).count() == 60
    for row in LessonProgress.objects.all():
        assert ranges.total(row.watched) == row.seconds_watched
    for progress in CourseProgress.objects.all():
        records = list(flow.history(progress))
        assert (records[-1].target, len(records)) == (progress.state, progress.version)
        assert (progress.state == "completed") == terms.lessons_complete(None, progress)
    assert set(CourseProgress.objects.values_list("state", flat=True)) >= {"in_progress", "completed"}


def test_the_demo_has_forty_students_with_a_past(academy: list[CoursePage], student: User) -> None:
    demo.load(Path(settings.FIXTURES_DIR), Random(1))
    students = User.objects.filter(groups__name=Role.STUDENT)
    assert students.count() == 40
    assert not students.filter(course_progresses=None).exists()
    before = CourseProgress.objects.count()
    assert demo.load(Path(settings.FIXTURES_DIR), Random(1)) == 0
    assert (students.count(), CourseProgress.objects.count()) == (40, before)


def test_the_demo_can_be_decided_again(academy: list[CoursePage], student: User) -> None:
    demo.load(Path(settings.FIXTURES_DIR), Random(1))
    found = replay(policy.active(), last=10_000)
    assert found.decided == TransitionRecord.objects.count() > 100
    assert (found.same, found.unknown, found.changed) == (found.decided, 0, 0)


def test_nobody_can_sign_in_as_an_imagined_student(academy: list[CoursePage]) -> None:
    demo.simulate(students=1, seed=1, until=UNTIL)
    assert not User.objects.get().has_usable_password()


def test_the_command_says_what_it_needs(academy: list[CoursePage], capsys: pytest.CaptureFixture[str]) -> None:
    call_command("simulate", students=5, seed=2)
    assert "Added 5 students" in capsys.readouterr().out
    with pytest.raises(CommandError, match="Choose another"):
        call_command("simulate", students=5, seed=2)
    with pytest.raises(CommandError, match="1 or more"):
        call_command("simulate", students=0, seed=3)
    for course in academy:
        course.unpublish()
    with pytest.raises(CommandError, match="no published course"):
        call_command("simulate", students=5, seed=3)
