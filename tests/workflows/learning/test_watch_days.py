"""What is watched is also known by day, and the days add up to the progress."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db.models import Sum
from django.test import Client

from cms.catalog.models import LessonPage
from tests.workflows.learning.conftest import Send
from workflows.learning import demo, reports
from workflows.learning.models import CourseProgress, LessonProgress, WatchDay

LATE = datetime(2026, 3, 10, 23, 30, tzinfo=UTC)


@pytest.fixture
def opened(client: Client, enrolled: CourseProgress, film: LessonPage) -> str:
    client.force_login(enrolled.user)
    return reports.opening(user_id=enrolled.user_id, lesson_id=film.pk, now=LATE - timedelta(hours=1))


def days() -> dict[str, int]:
    return {str(row.day): row.seconds for row in WatchDay.objects.order_by("day")}


def test_seconds_go_to_the_day_in_utc_on_which_they_were_first_seen(
    client: Client, send: Send, film: LessonPage, enrolled: CourseProgress, opened: str
) -> None:
    for hours, ranges in ((0, [[0, 20]]), (0, [[10, 30]]), (1, [[0, 50]])):
        with time_machine.travel(LATE + timedelta(hours=hours), tick=False):
            client.force_login(enrolled.user)
            assert send(film, ranges, opened=opened).status_code == 200
    assert days() == {"2026-03-10": 30, "2026-03-11": 20}
    assert LessonProgress.objects.get().seconds_watched == sum(days().values())


def test_replaying_and_repeating_leave_no_day(
    client: Client, send: Send, film: LessonPage, enrolled: CourseProgress, opened: str
) -> None:
    for hours in (0, 24):
        with time_machine.travel(LATE + timedelta(hours=hours), tick=False):
            client.force_login(enrolled.user)
            assert send(film, [[0, 20]], opened=opened).status_code == 200
    assert days() == {"2026-03-10": 20}


def test_imagined_histories_have_their_days_too(film: LessonPage, text: LessonPage) -> None:
    demo.simulate(students=12, seed=1, until=LATE)
    progress = LessonProgress.objects.aggregate(total=Sum("seconds_watched"))["total"]
    assert progress == WatchDay.objects.aggregate(total=Sum("seconds"))["total"] > 0
