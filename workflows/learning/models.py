"""A student's way through a course: one machine per person and course, and what they have watched and read."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.catalog.models import CoursePage, LessonPage
from gradus import policy
from gradus.flow import Stateful, step
from gradus.flow.errors import Text
from gradus.policy.values import needs
from workflows.learning import ranges
from workflows.learning.ranges import Ranges
from workflows.learning.watch_days import WatchDay

__all__ = ["CourseProgress", "LessonProgress", "WatchDay"]

KEPT_REPORTS = 50

needs("metrics", "video_complete", unit="percent")


def enough(watched: int, of: int) -> bool:
    """Whether so many seconds of a video are all of it, as `rules/metrics.toml` has it."""
    return bool(100 * watched >= policy.value("metrics", "video_complete") * of)


class CourseProgress(Stateful):
    """Completion is monotonic: no transition leads out of `completed`, whatever becomes of the course."""

    states: ClassVar[Mapping[str, Text | tuple[Text, str]]] = {
        "enrolled": (_("Enrolled"), "neutral"),
        "in_progress": (_("In progress"), "info"),
        "paused": (_("Paused"), "warning"),
        "completed": (_("Completed"), "success"),
    }
    author_field = "user"
    asked = ("course",)

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="course_progresses", verbose_name=_("student")
    )
    course = models.ForeignKey(
        CoursePage,
        models.PROTECT,
        related_name="progresses",
        verbose_name=_("course"),
        limit_choices_to={"live": True},
    )

    class Meta:
        verbose_name = _("progress in a course")
        verbose_name_plural = _("progress in courses")
        indexes = [models.Index(fields=["-created_at", "-id"], name="progress_newest")]
        constraints = [models.UniqueConstraint(fields=["user", "course"], name="one_progress_per_person_and_course")]

    def __str__(self) -> str:
        return f"{self.user}: {self.course}"

    @step(source="", target="enrolled", label=_("Enrol"), done=_("Enrolled"), tone="primary")
    def enrol(self) -> None:
        pass

    @step(source="enrolled", target="in_progress", label=_("Start"), done=_("Started"))
    def start(self) -> None:
        pass

    @step(
        source="in_progress",
        target="paused",
        label=_("Pause"),
        done=_("Paused"),
        help=_("Lessons wait until you resume."),
    )
    def pause(self) -> None:
        pass

    @step(source="paused", target="in_progress", label=_("Resume"), done=_("Resumed"), tone="primary")
    def resume(self) -> None:
        pass

    @step(source="in_progress", target="completed", label=_("Complete"), done=_("Completed"))
    def complete(self) -> None:
        pass


class LessonProgress(models.Model):
    """What one student has seen of one lesson. `ranges` are seconds of its video, sorted and disjoint."""

    course_progress = models.ForeignKey(
        CourseProgress, models.CASCADE, related_name="lessons", verbose_name=_("progress in the course")
    )
    lesson = models.ForeignKey(LessonPage, models.PROTECT, related_name="progresses", verbose_name=_("lesson"))
    ranges = models.JSONField(_("seconds watched, as ranges"), default=list)
    seconds_watched = models.PositiveIntegerField(_("seconds watched"), default=0)
    position = models.PositiveIntegerField(_("position in seconds"), default=0)
    opened_at = models.DateTimeField(_("first opened"), default=timezone.now)
    updated_at = models.DateTimeField(_("last seen"), default=timezone.now)
    completed_at = models.DateTimeField(_("completed"), null=True, blank=True)
    recent_reports = models.JSONField(default=list)

    class Meta:
        verbose_name = _("progress in a lesson")
        verbose_name_plural = _("progress in lessons")
        constraints = [
            models.UniqueConstraint(fields=["course_progress", "lesson"], name="one_progress_per_person_and_lesson")
        ]

    def __str__(self) -> str:
        return f"{self.course_progress}: {self.lesson}"

    @property
    def watched(self) -> Ranges:
        return ranges.normalise(self.ranges)

    def add(self, watched: Ranges, *, of: int, now: datetime) -> None:
        """Take these seconds as watched, of a video of this length; completes the lesson when they are enough."""
        self.ranges, self.seconds_watched = watched, ranges.total(watched)
        if enough(self.seconds_watched, of):
            self.complete(now)

    def complete(self, now: datetime) -> None:
        """Once granted it stays, also when a longer video replaces this one."""
        self.completed_at = self.completed_at or now

    def remember(self, report_id: str) -> None:
        self.recent_reports = [*self.recent_reports, report_id][-KEPT_REPORTS:]
