"""Where somebody left, what comes next, and how far they are."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from cms.catalog.models import CoursePage, LessonPage
from gradus.accounts.models import User
from tests.cms.conftest import MakeCourse, MakeLesson, MakeVideo
from tests.workflows.learning.test_completion import watch
from workflows.learning import selectors, services
from workflows.learning.models import CourseProgress


def test_without_anything_seen_the_first_lesson_is_next(enrolled: CourseProgress, film: LessonPage) -> None:
    steps = selectors.course_steps(enrolled)
    assert steps.next is not None
    assert (steps.next.lesson, steps.latest, steps.percent) == (film, None, 0)


def test_the_lesson_left_in_the_middle_is_next(
    enrolled: CourseProgress, course: CoursePage, make_lesson: MakeLesson, make_video: MakeVideo
) -> None:
    later = make_lesson(course, "Later", video=make_video(seconds=60))
    watch(enrolled.user, later, (0, 30), position=30)
    steps = selectors.course_steps(enrolled)
    assert steps.next is not None
    assert (steps.next.lesson, steps.next.position, steps.next.percent) == (later, 30, 50)


def test_after_a_finished_lesson_the_first_unfinished_is_next(
    enrolled: CourseProgress, film: LessonPage, text: LessonPage
) -> None:
    watch(enrolled.user, film, (0, 100))
    steps = selectors.course_steps(enrolled)
    assert steps.next is not None
    assert (steps.next.lesson, steps.done, steps.percent) == (text, 1, 50)


def test_unpublished_lessons_are_no_steps(enrolled: CourseProgress, film: LessonPage, text: LessonPage) -> None:
    text.unpublish()
    assert [step.lesson for step in selectors.course_steps(enrolled).steps] == [film]


def test_my_courses_take_the_same_queries_however_many(
    student: User, make_course: MakeCourse, make_lesson: MakeLesson,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    def add(title: str) -> None:
        course = make_course(title)
        services.enrol(user=student, course=course)
        services.mark_read(by=student, lesson=make_lesson(course, "One"))
        make_lesson(course, "Two")

    add("First")
    assert student.roles
    with django_assert_num_queries(4):
        selectors.my_courses(student)
    for title in ("Second", "Third", "Fourth"):
        add(title)
    with django_assert_num_queries(4):
        rows = selectors.my_courses(student)
    assert [row.course.title for row in rows] == ["Fourth", "Third", "Second", "First"]


def test_one_person_does_not_see_anothers(enrolled: CourseProgress, other_student: User, instructor: User) -> None:
    assert selectors.progress_for(other_student, enrolled.pk) is None
    assert selectors.progress_for(instructor, enrolled.pk) == enrolled
    assert selectors.my_courses(other_student) == []


def test_analytics_reads_seconds_watched_of_seconds(enrolled: CourseProgress, film: LessonPage) -> None:
    watch(enrolled.user, film, (0, 40), position=40)
    (row,) = selectors.lesson_facts()
    assert (row["user_id"], row["course_id"], row["lesson_id"]) == (enrolled.user_id, enrolled.course_id, film.pk)
    assert (row["seconds_watched"], row["video_seconds"], row["completed_at"]) == (40, 100, None)


@pytest.mark.parametrize("days", [0, 3])
def test_seen_at_is_the_newest_sign_of_life(enrolled: CourseProgress, film: LessonPage, days: int) -> None:
    watch(enrolled.user, film, (0, 40))
    seen = timezone.now() + timedelta(days=days)
    enrolled.lessons.update(updated_at=seen)
    assert selectors.course_steps(CourseProgress.objects.get()).seen_at >= seen
