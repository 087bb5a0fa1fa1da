"""Players and browsers ask often; only what no player does is slowed down."""

from datetime import UTC, datetime, timedelta

import time_machine
from django.test import Client

from cms.catalog.models import LessonPage
from gradus.core import ratelimit
from tests.workflows.learning.conftest import Send
from workflows.learning.models import CourseProgress

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def use_up(name: str, person: int, limit: int) -> None:
    for _each in range(limit):
        ratelimit.check(f"{name}:user:{person}", limit, 60)


def test_reports_are_refused_at_the_rate_of_fifty_players_and_nothing_is_lost(
    client: Client, send: Send, enrolled: CourseProgress, film: LessonPage
) -> None:
    client.force_login(enrolled.user)
    with time_machine.travel(NOON, tick=False) as clock:
        use_up("reports", enrolled.user.pk, 599)
        assert send(film, [[0, 2]]).status_code == 200
        refused = send(film, [[0, 4]])
        assert (refused.status_code, bool(refused["Retry-After"])) == (429, True)
        clock.shift(timedelta(minutes=2))
        assert send(film, [[0, 4]]).json()["seconds"] == 4


def test_parts_of_a_video_are_refused_at_a_rate_no_browser_has(
    client: Client, enrolled: CourseProgress, film: LessonPage
) -> None:
    client.force_login(enrolled.user)

    def part() -> int:
        response = client.get(f"/learning/video/{film.video_id}/", headers={"Range": "bytes=0-9"})
        assert response.getvalue()
        return int(response.status_code)

    with time_machine.travel(NOON, tick=False) as clock:
        use_up("lesson-media", enrolled.user.pk, 2999)
        assert part() == 206
        assert part() == 429
        clock.shift(timedelta(minutes=2))
        assert part() == 206
