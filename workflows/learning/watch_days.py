"""How much was seen on which day: what the course of a learn rate over time is read from."""

from datetime import UTC, datetime

from django.conf import settings
from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from cms.catalog.models import LessonPage


class WatchDay(models.Model):
    """Seconds of a lesson's video somebody saw for the first time on a day in UTC.

    Summed over days it is the `seconds_watched` of their progress in the lesson. Negative only where a shorter video
    has replaced the one watched.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("student"))
    lesson = models.ForeignKey(LessonPage, models.PROTECT, related_name="+", verbose_name=_("lesson"))
    day = models.DateField(_("day (UTC)"), db_index=True)
    seconds = models.IntegerField(_("seconds seen for the first time"), default=0)

    class Meta:
        verbose_name = _("day of watching")
        verbose_name_plural = _("days of watching")
        constraints = [models.UniqueConstraint(fields=["user", "lesson", "day"], name="one_row_per_day_of_watching")]

    def __str__(self) -> str:
        return f"{self.user}: {self.lesson}, {self.day}"


def record(*, user_id: int, lesson_id: int, seconds: int, at: datetime) -> None:
    """Add to the day's seconds. The caller's transaction holds the lock on the student's progress in the course."""
    if seconds == 0:
        return
    day = at.astimezone(UTC).date()
    mine = WatchDay.objects.filter(user_id=user_id, lesson_id=lesson_id, day=day)
    if not mine.update(seconds=F("seconds") + seconds):
        WatchDay.objects.create(user_id=user_id, lesson_id=lesson_id, day=day, seconds=seconds)
