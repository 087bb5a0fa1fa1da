"""A player reports what was watched: once, late or twice; what cannot be true is refused and not stored."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from cms.catalog.models import LessonPage
from gradus.accounts.models import User
from tests.workflows.learning.conftest import Send
from workflows.learning import reports
from workflows.learning.models import CourseProgress, LessonProgress


@pytest.fixture
def signed_in(client: Client, enrolled: CourseProgress) -> User:
    client.force_login(enrolled.user)
    return enrolled.user


@pytest.fixture
def opened(signed_in: User, film: LessonPage) -> str:
    """The mark of a page that was opened an hour ago."""
    hour_ago = timezone.now() - timedelta(hours=1)
    return reports.opening(user_id=signed_in.pk, lesson_id=film.pk, now=hour_ago)


def test_progress_shows_in_the_answer_and_in_the_row(send: Send, film: LessonPage, opened: str) -> None:
    response = send(film, [[0, 30]], position=30, opened=opened)
    assert response.status_code == 200
    answer = response.json()
    assert (answer["seconds"], answer["position"], answer["complete"]) == (30, 30, False)
    assert "30\N{NO-BREAK SPACE}% watched" in answer["html"]
    row = LessonProgress.objects.get()
    assert (row.ranges, row.seconds_watched, row.position) == ([[0, 30]], 30, 30)


def test_the_list_of_lessons_comes_along_when_its_marks_change(
    client: Client, send: Send, film: LessonPage, text: LessonPage, opened: str
) -> None:
    started = send(film, [[0, 30]], opened=opened, shown="open").json()["outline"]
    assert "g-outline__item--now" in started
    assert send(film, [[0, 60]], opened=opened, shown="started").json()["outline"] == ""
    done = send(film, [[0, 100]], opened=opened, shown="started").json()["outline"]
    assert "g-outline__item--done" in done
    assert f'href="{text.get_url()}"' in done
    assert done in client.get(film.get_url()).content.decode()


def test_the_first_report_starts_the_course(send: Send, film: LessonPage, opened: str) -> None:
    assert send(film, [[0, 5]], opened=opened).json()["course"]["state"] == "in_progress"
    assert CourseProgress.objects.get().state == "in_progress"


def test_watching_again_counts_once(send: Send, film: LessonPage, opened: str) -> None:
    for ranges in ([[0, 30]], [[10, 40]], [[0, 30], [20, 35]]):
        answer = send(film, ranges, opened=opened).json()
    assert answer["seconds"] == 40


def test_the_same_report_twice_changes_nothing(send: Send, film: LessonPage, opened: str) -> None:
    key = str(uuid.uuid4())
    first = send(film, [[0, 30]], position=30, key=key, opened=opened).json()
    send(film, [[30, 50]], position=50, opened=opened)
    again = send(film, [[0, 30]], position=30, key=key, opened=opened).json()
    assert first["position"] == 30
    assert (again["seconds"], again["position"]) == (50, 50)


def test_a_late_report_does_not_lead_back_to_where_one_was(send: Send, film: LessonPage, opened: str) -> None:
    page, another = (uuid.uuid4().hex[:24] for _ in range(2))
    send(film, [[0, 20]], position=20, key=f"{page}{2:08x}", opened=opened)
    late = send(film, [[0, 8]], position=8, key=f"{page}{1:08x}", opened=opened).json()
    assert (late["seconds"], late["position"]) == (20, 20)
    back = send(film, [[0, 20]], position=3, key=f"{page}{3:08x}", opened=opened).json()
    assert back["position"] == 3  # they went there themselves
    elsewhere = send(film, [[0, 9]], position=9, key=f"{another}{1:08x}", opened=opened).json()
    assert elsewhere["position"] == 9


def test_a_late_report_still_counts(send: Send, film: LessonPage, opened: str) -> None:
    send(film, [[50, 60]], position=60, opened=opened)
    with time_machine.travel(timezone.now() + timedelta(days=3), tick=False):
        assert send(film, [[0, 50]], opened=opened).json()["seconds"] == 60


@pytest.mark.parametrize(("ranges", "position"), [([[0, 101]], 0), ([[99, 200]], 99), ([[0, 5]], 101)])
def test_beyond_the_end_is_refused_and_nothing_is_stored(
    send: Send, film: LessonPage, opened: str, ranges: Any, position: int
) -> None:
    response = send(film, ranges, position=position, opened=opened)
    assert response.status_code == 422
    assert "beyond the end" in response.json()["detail"]
    assert not LessonProgress.objects.exists()
    assert CourseProgress.objects.get().state == "enrolled"
    assert send(film, [[0, 100]], position=100, opened=opened).status_code == 200


def test_faster_than_twice_the_time_and_five_seconds_is_refused(send: Send, signed_in: User, film: LessonPage) -> None:
    start = timezone.now()
    mark = reports.opening(user_id=signed_in.pk, lesson_id=film.pk, now=start)
    with time_machine.travel(start, tick=False) as clock:
        assert send(film, [[0, 5]], opened=mark).status_code == 200
        assert send(film, [[5, 7]], opened=mark).status_code == 422
        clock.shift(10)
        assert send(film, [[0, 27]], opened=mark).status_code == 422
        assert LessonProgress.objects.get().seconds_watched == 5
        assert send(film, [[0, 25]], opened=mark).status_code == 200
        # Many small reports get no second grace.
        assert send(film, [[25, 27]], opened=mark).status_code == 422
    assert LessonProgress.objects.get().ranges == [[0, 25]]


def test_what_is_known_already_is_never_too_fast(send: Send, signed_in: User, film: LessonPage) -> None:
    with time_machine.travel(timezone.now(), tick=False):
        send(film, [[0, 5]])
        assert send(film, [[0, 5]], position=5).status_code == 200


def test_without_a_mark_the_first_report_opens_the_lesson(send: Send, signed_in: User, film: LessonPage) -> None:
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        assert send(film, [[0, 30]]).status_code == 422
        assert send(film, []).status_code == 200
        clock.shift(20)
        assert send(film, [[0, 30]]).status_code == 200


def test_a_mark_of_somebody_else_or_another_lesson_does_not_count(
    send: Send, signed_in: User, film: LessonPage, text: LessonPage, other_student: User
) -> None:
    old = timezone.now() - timedelta(days=1)
    for user_id, lesson_id in ((other_student.pk, film.pk), (signed_in.pk, text.pk)):
        mark = reports.opening(user_id=user_id, lesson_id=lesson_id, now=old)
        assert send(film, [[0, 90]], opened=mark).status_code == 422
    assert send(film, [[0, 90]], opened="forged:mark:here").status_code == 422


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"id": "nonsense"},
        {"id": str(uuid.uuid4()), "ranges": "{"},
        {"id": str(uuid.uuid4()), "ranges": "[" * 100_000},
        {"id": str(uuid.uuid4()), "ranges": '{"0": 5}'},
        {"id": str(uuid.uuid4()), "ranges": "[[0, 5, 9]]"},
        {"id": str(uuid.uuid4()), "ranges": "[[5, 5]]"},
        {"id": str(uuid.uuid4()), "ranges": "[[9, 5]]"},
        {"id": str(uuid.uuid4()), "ranges": "[[-1, 5]]"},
        {"id": str(uuid.uuid4()), "ranges": "[[0.5, 5]]"},
        {"id": str(uuid.uuid4()), "ranges": "[[true, 5]]"},
        {"id": str(uuid.uuid4()), "ranges": '[["0", "5"]]'},
        {"id": str(uuid.uuid4()), "ranges": "[[0, 1e999]]"},
        {"id": str(uuid.uuid4()), "ranges": "[[0, 99999999999999999999]]"},
        {"id": str(uuid.uuid4()), "ranges": str([[n * 2, n * 2 + 1] for n in range(501)])},
        {"id": str(uuid.uuid4()), "ranges": "[[0, 5]]", "position": "-1"},
        {"id": str(uuid.uuid4()), "ranges": "[[0, 5]]", "position": "nan"},
        {"id": str(uuid.uuid4()), "ranges": "[[0, 5]]", "position": "9" * 30},
    ],
)
def test_what_cannot_be_read_is_400(client: Client, signed_in: User, film: LessonPage, data: dict[str, str]) -> None:
    response = client.post(f"/learning/lessons/{film.pk}/reports/", data)
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert not LessonProgress.objects.exists()


def test_a_guest_and_somebody_not_enrolled_are_refused(
    client: Client, send: Send, film: LessonPage, other_student: User, instructor: User
) -> None:
    assert send(film, [[0, 5]]).status_code == 401
    for person in (other_student, instructor):
        client.force_login(person)
        assert send(film, [[0, 5]]).status_code == 403
    assert not LessonProgress.objects.exists()


def test_a_paused_course_takes_no_reports(client: Client, send: Send, film: LessonPage, opened: str) -> None:
    assert send(film, [[0, 5]], opened=opened).status_code == 200
    progress = CourseProgress.objects.get()
    client.post(f"/learning/progress/{progress.pk}/pause/")
    response = send(film, [[5, 9]], opened=opened)
    assert response.status_code == 403
    assert "paused" in response.json()["detail"]
    client.post(f"/learning/progress/{progress.pk}/resume/")
    assert send(film, [[5, 9]], opened=opened).json()["seconds"] == 9


def test_reports_need_a_lesson_with_a_video_that_is_published(
    send: Send, signed_in: User, film: LessonPage, text: LessonPage
) -> None:
    assert send(text, [[0, 5]]).status_code == 409
    film.unpublish()
    assert send(film, [[0, 5]]).status_code == 404


def test_a_report_needs_the_csrf_token(film: LessonPage, enrolled: CourseProgress) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(enrolled.user)
    assert strict.post(f"/learning/lessons/{film.pk}/reports/", {"id": str(uuid.uuid4())}).status_code == 403
    assert strict.get(f"/learning/lessons/{film.pk}/reports/").status_code == 405


def test_old_report_ids_are_forgotten_without_harm(send: Send, film: LessonPage, opened: str) -> None:
    for _ in range(60):
        send(film, [[0, 5]], opened=opened)
    row = LessonProgress.objects.get()
    assert (len(row.recent_reports), row.seconds_watched) == (50, 5)
