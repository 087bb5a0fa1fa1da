"""Conditions of learning that need Python: each a test of one object and the same as a filter."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from cms.catalog.models import LessonPage
from cms.site import privacy
from gradus.policy.terms import term
from workflows.learning.models import CourseProgress, LessonProgress

READ = LessonProgress.objects.filter(completed_at__isnull=False)


def _all_complete(_user: Any) -> Q:
    read = READ.filter(course_progress=OuterRef(OuterRef("pk")), lesson=OuterRef("pk"))
    lessons = LessonPage.objects.steps().filter(course=OuterRef("course"))
    return Q(Exists(lessons), course__live=True) & ~Q(Exists(lessons.filter(~Exists(read))))


@term(
    "learning.CourseProgress",
    q=_all_complete,
    yes=_("every lesson is complete"),
    no=_("not every lesson is complete yet"),
    personal=False,
)
def lessons_complete(_user: Any, progress: CourseProgress) -> bool:
    if not progress.course.live:  # its lessons may be leaving with it, one by one
        return False
    lessons = set(LessonPage.objects.steps().filter(course=progress.course_id).values_list("pk", flat=True))
    return bool(lessons) and lessons <= set(READ.filter(course_progress=progress.pk).values_list("lesson", flat=True))


@term(
    "learning.CourseProgress",
    q=lambda user: privacy.visible_to(user, "course__"),
    yes=_("the course is open to you"),
    no=_("the course is kept to other people"),
)
def course_visible(user: Any, progress: CourseProgress) -> bool:
    return privacy.is_visible(progress.course, user)


@term(
    "catalog.LessonPage",
    q=privacy.visible_to,
    yes=_("the lesson is open to you"),
    no=_("the lesson is kept to other people"),
)
def lesson_visible(user: Any, lesson: LessonPage) -> bool:
    return privacy.is_visible(lesson, user)


def _enrolments(user: Any) -> QuerySet[CourseProgress]:
    return CourseProgress.objects.filter(user=user) if user is not None else CourseProgress.objects.none()


@term(
    "catalog.LessonPage",
    q=lambda user: user is not None and Q(Exists(_enrolments(user).filter(course=OuterRef("course")))),
    yes=_("you are enrolled in its course"),
    no=_("you are not enrolled in its course"),
)
def enrolled(user: Any, lesson: LessonPage) -> bool:
    return _enrolments(user).filter(course=lesson.course_id).exists()


@term(
    "catalog.LessonPage",
    q=lambda user: user is not None and Q(Exists(_enrolments(user).filter(course=OuterRef("course"), state="paused"))),
    yes=_("you have paused its course"),
    no=_("its course is not paused"),
)
def paused(user: Any, lesson: LessonPage) -> bool:
    return _enrolments(user).filter(course=lesson.course_id, state="paused").exists()
