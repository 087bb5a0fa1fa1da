"""Reads of learning: where somebody stands in a course, in all their courses, and rows for analytics."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from cms.catalog.models import CoursePage, LessonPage
from cms.site import privacy
from gradus import policy
from gradus.accounts.models import User
from workflows.learning.models import CourseProgress, LessonProgress


@dataclass(frozen=True, slots=True)
class LessonStep:
    """One lesson as a step of the way: `state` is done, started, open or new (added after completion)."""

    lesson: LessonPage
    state: str
    percent: int = 0
    position: int = 0
    completed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CourseSteps:
    """A person's way through one course, and where and when they were last."""

    progress: CourseProgress
    steps: tuple[LessonStep, ...]
    latest: LessonStep | None
    seen_at: datetime
    available: bool = True  # else it is unpublished or kept to other people: what they reached stays theirs

    @property
    def course(self) -> CoursePage:
        return self.progress.course

    @property
    def done(self) -> int:
        return sum(step.state == "done" for step in self.steps)

    @property
    def total(self) -> int:
        return len(self.steps)

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 0

    @property
    def new(self) -> int:
        return sum(step.state == "new" for step in self.steps)

    @property
    def next(self) -> LessonStep | None:
        """Where to continue: the lesson left in the middle, else the first that is not done."""
        if self.latest is not None and self.latest.state != "done":
            return self.latest
        return next((step for step in self.steps if step.state != "done"), None)

    def after(self, lesson: LessonPage) -> LessonStep | None:
        """The lesson that follows this one."""
        ids = [step.lesson.pk for step in self.steps]
        following = ids.index(lesson.pk) + 1 if lesson.pk in ids else len(ids)
        return self.steps[following] if following < len(ids) else None

    def of(self, lesson: LessonPage) -> LessonStep | None:
        return next((step for step in self.steps if step.lesson.pk == lesson.pk), None)


def progress_of(user: Any, course_id: int | None) -> CourseProgress | None:
    if not user.is_authenticated or course_id is None:
        return None
    return CourseProgress.objects.filter(user=user, course=course_id).first()


def progress_for(user: Any, progress_id: int) -> CourseProgress | None:
    """One progress, if this person may know of it."""
    return policy.filter(CourseProgress.objects.select_related("course"), "view", user).filter(pk=progress_id).first()


def course_steps(progress: CourseProgress) -> CourseSteps:
    """Where somebody stands in one course, in two queries."""
    return _all_steps([progress])[0]


def my_courses(user: User) -> list[CourseSteps]:
    """Every course of this person with its steps, the one seen last first; queries do not grow with them."""
    mine = policy.filter(CourseProgress.objects.filter(user=user), "view", user)
    visible = Q(course__live=True) & privacy.visible_to(user, "course__")
    rows = _all_steps(list(mine.annotate(available=visible).select_related("course")))
    return sorted(rows, key=lambda row: (row.seen_at, row.progress.pk), reverse=True)


def _all_steps(progresses: Sequence[CourseProgress]) -> list[CourseSteps]:
    lessons: dict[int, list[LessonPage]] = defaultdict(list)
    for lesson in _outline({progress.course_id for progress in progresses}):
        lessons[lesson.course_id].append(lesson)
    seen: dict[int, dict[int, LessonProgress]] = defaultdict(dict)
    for row in LessonProgress.objects.filter(course_progress__in=progresses).defer("ranges", "recent_reports"):
        seen[row.course_progress_id][row.lesson_id] = row
    return [_steps(progress, lessons[progress.course_id], seen[progress.pk]) for progress in progresses]


def _outline(courses: Collection[int]) -> QuerySet[LessonPage]:
    """The steps of these courses in their order, without the texts."""
    lessons: QuerySet[LessonPage] = LessonPage.objects.steps().filter(course__in=courses).select_related("video")
    return lessons.defer("body", "video__transcript").order_by("path")


def _steps(progress: CourseProgress, lessons: list[LessonPage], seen: dict[int, LessonProgress]) -> CourseSteps:
    steps = tuple(_step(lesson, seen.get(lesson.pk), finished=progress.state == "completed") for lesson in lessons)
    last = max(seen.values(), key=lambda row: (row.updated_at, row.pk), default=None)
    latest = next((step for step in steps if last is not None and step.lesson.pk == last.lesson_id), None)
    seen_at = max(progress.state_since, last.updated_at) if last else progress.state_since
    return CourseSteps(progress, steps, latest, seen_at, getattr(progress, "available", True))


def _step(lesson: LessonPage, row: LessonProgress | None, *, finished: bool) -> LessonStep:
    if row is None:
        return LessonStep(lesson, "new" if finished else "open")
    if row.completed_at is not None:
        return LessonStep(lesson, "done", 100, row.position, row.completed_at)
    seconds = lesson.video.seconds if lesson.video else 0
    percent = min(99, 100 * row.seconds_watched // seconds) if seconds else 0
    return LessonStep(lesson, "started", percent, row.position)


def lesson_facts() -> QuerySet[LessonProgress, Any]:
    """For analytics: one row for each student and lesson, with seconds watched of the video's seconds."""
    return LessonProgress.objects.values(
        "lesson_id",
        "seconds_watched",
        "completed_at",
        "updated_at",
        user_id=F("course_progress__user_id"),
        course_id=F("course_progress__course_id"),
        video_seconds=Coalesce(F("lesson__video__seconds"), 0),
    )
