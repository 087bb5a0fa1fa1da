"""Writes of learning: enrolling, taking in what a player reports, marking a text as read."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.catalog.models import CoursePage, LessonPage
from gradus import flow, policy
from gradus.accounts.models import User
from gradus.accounts.roles import SYSTEM
from workflows.learning import ranges, watch_days
from workflows.learning.models import CourseProgress, LessonProgress
from workflows.learning.reports import Report, check_pace


def enrol(*, user: User, course: CoursePage) -> CourseProgress:
    """Their progress in this course: a new one, or the one they have. Raises flow's errors."""
    mine = CourseProgress.objects.filter(user=user, course=course)
    if existing := mine.first():
        return existing
    try:
        return flow.create(CourseProgress, "enrol", by=user, course=course)
    except IntegrityError:
        # The other click of a double-click was first.
        return mine.get()


def take_report(*, by: User, lesson: LessonPage, report: Report, now: datetime | None = None) -> LessonProgress:
    """Add what was watched, once. Raises Impossible, or flow.Denied when they are not enrolled or have paused."""
    now = now or timezone.now()
    video = lesson.video
    if video is None:
        raise flow.NotNow([_("This lesson has no video.")])
    report.check_within(video.seconds)
    with _studying(by=by, lesson=lesson, now=now) as progress:
        if str(report.id) not in progress.recent_reports:
            _add(progress, report, of=video.seconds, now=now)
    return progress


def mark_read(*, by: User, lesson: LessonPage, now: datetime | None = None) -> LessonProgress:
    """Complete a lesson of text. Raises flow.NotNow for one with a video: watching completes that."""
    now = now or timezone.now()
    if lesson.video_id is not None:
        raise flow.NotNow([_("This lesson is complete once its video is watched.")])
    with _studying(by=by, lesson=lesson, now=now) as progress:
        progress.complete(now)
        progress.updated_at = now
    return progress


def _add(progress: LessonProgress, report: Report, *, of: int, now: datetime) -> None:
    progress.opened_at = min(progress.opened_at, report.opened_at or now)
    watched = ranges.clip(ranges.merge(progress.ranges, report.watched), of)
    if watched != progress.watched:
        check_pace(watched, since=progress.opened_at, now=now)
    before = progress.seconds_watched
    progress.add(watched, of=of, now=now)
    watch_days.record(
        user_id=progress.course_progress.user_id,
        lesson_id=progress.lesson_id,
        seconds=progress.seconds_watched - before,
        at=now,
    )
    if not report.is_late(progress.recent_reports):
        progress.position = report.position
    progress.updated_at = now
    progress.remember(str(report.id))


@contextmanager
def _studying(*, by: User, lesson: LessonPage, now: datetime) -> Iterator[LessonProgress]:
    """Their progress in this lesson, to be changed: all they do in the course waits for each other meanwhile."""
    mine = CourseProgress.objects.filter(user=by, course=lesson.course_id)
    unlocked = mine.first()
    if unlocked is None:
        raise flow.Denied([_("You are not enrolled in this course. Enrol to keep your progress.")])
    with flow.together(unlocked):
        course_progress = mine.get()
        decision = policy.decide(by, "learn", course_progress, now=now)
        if not decision.allowed:
            raise flow.Denied(decision.reasons).of(course_progress, "learn", "", by)
        progress, _created = LessonProgress.objects.get_or_create(
            course_progress=course_progress, lesson=lesson, defaults={"opened_at": now, "updated_at": now}
        )
        yield progress
        progress.save()
        progress.course_progress = settle(course_progress, by=by)


def settle(progress: CourseProgress, *, by: User | None = None) -> CourseProgress:
    """Move a progress on when what it needs is there: started with the first lesson, completed with the last."""
    actor = by or SYSTEM
    if progress.state == "enrolled":
        progress = flow.apply(progress, "start", by=actor)
    if progress.state == "in_progress" and policy.decide(actor, "complete", progress).allowed:
        progress = flow.apply(progress, "complete", by=actor)
    return progress


def settle_all(course_id: int) -> int:
    """Complete whoever has done all that is left of a course after an edit; returns how many."""
    going_on = CourseProgress.objects.filter(course=course_id)
    ready = list(policy.filter(going_on, "complete", SYSTEM))
    for progress in ready:
        settle(progress)
    return len(ready)
