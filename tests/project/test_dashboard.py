"""The first page of the back office tells each role what waits for it, with links they may follow."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_q.conf import Conf
from django_q.models import Failure

from cms.catalog.models import CoursePage, LessonPage
from cms.site.services import ensure_site
from gradus import flow
from gradus.accounts.models import User
from tests.workflows.requests.conftest import ANSWERS
from workflows.requests.models import Request

pytestmark = pytest.mark.django_db


def _desk(who: User) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=who.pk))
    return client


def _opened(who: User | Client) -> str:
    answer = (who if isinstance(who, Client) else _desk(who)).get("/admin/")
    assert answer.status_code == 200
    return answer.content.decode()


def _tiles(who: User) -> dict[str, str]:
    """Where each tile leads, and its figure; every one can be followed."""
    client = _desk(who)
    page = client.get("/admin/").content.decode()
    found = dict(re.findall(r'<a class="g-tile[^"]*" href="([^"]+)">(.*?)</a>', page, re.DOTALL))
    assert all(client.get(address).status_code == 200 for address in found)
    figures = {address: re.search(r'g-tile__value">([^<]*)<', tile) for address, tile in found.items()}
    return {address: figure[1] if figure else "" for address, figure in figures.items()}


@pytest.fixture
def filed(student: User) -> Request:
    given: dict[str, Any] = {"title": "White", "text": "Since this morning.", **ANSWERS["bug"]}
    return flow.create(Request, "submit", by=student, kind="bug", **given)


@pytest.fixture
def lesson(editor: User) -> LessonPage:
    course = CoursePage(title="Pricing", summary="What to ask for.")
    ensure_site().courses.add_child(instance=course)
    made = LessonPage(title="Scope", body=[("text", "<p>Scope first.</p>")])
    course.add_child(instance=made)
    return made


def test_an_instructor_sees_what_waits(instructor: User, student: User) -> None:
    assert _tiles(instructor) == {"/admin/requests/": "0"}
    flow.create(Request, "submit", by=student, kind="bug", title="White", text="Since then.", **ANSWERS["bug"])
    assert _tiles(instructor) == {"/admin/requests/": "1"}


def test_an_analyst_is_led_to_the_figures(analyst: User, filed: Request) -> None:
    assert list(_tiles(analyst)) == ["/admin/analytics/"]


def test_an_administrator_sees_how_the_machinery_is(admin: User) -> None:
    before = _tiles(admin)
    Failure.objects.create(
        id="f" * 32, name="mail", func="gradus.x", success=False, started=timezone.now(), stopped=timezone.now(),
        attempt_count=Conf.MAX_ATTEMPTS,
    )  # fmt: skip
    after = _tiles(admin)
    assert set(after) == {"/admin/requests/", "/admin/analytics/", "/admin/health/"}
    assert int(after["/admin/health/"]) == int(before["/admin/health/"]) + 1


def test_an_editor_sees_what_is_not_published(editor: User, lesson: LessonPage) -> None:
    assert "Every page is published" in _opened(editor)
    lesson.title = "Scope and price"
    lesson.save_revision(user=User.objects.get(pk=editor.pk))
    page = _opened(editor)
    assert f'<a href="/admin/pages/{lesson.pk}/edit/">Scope and price</a>' in page
    assert _tiles(editor) == {"/admin/reports/lesson-media/": "0"}


@pytest.mark.parametrize("role", ["instructor", "analyst", "admin"])
def test_only_editors_are_told_about_pages(role: str, lesson: LessonPage, request: pytest.FixtureRequest) -> None:
    lesson.save_revision()
    page = _opened(request.getfixturevalue(role))
    assert "Changed and not published" not in page
    assert 'role="search"' not in page


@pytest.mark.parametrize("role", ["instructor", "editor", "analyst", "admin"])
def test_it_asks_the_database_a_fixed_number_of_times(
    role: str, lesson: LessonPage, student: User, request: pytest.FixtureRequest
) -> None:
    who = request.getfixturevalue(role)
    lesson.save_revision(user=User.objects.get(pk=who.pk))
    desk = _desk(who)
    _opened(desk)
    with CaptureQueriesContext(connection) as few:
        _opened(desk)
    for number in range(5):
        flow.create(Request, "submit", by=student, kind="bug", title=f"White {number}", text="So.", **ANSWERS["bug"])
        page = LessonPage(title=f"Step {number}", body=[("text", "<p>So.</p>")], live=False)
        lesson.course.add_child(instance=page)
        page.save_revision(user=User.objects.get(pk=who.pk))
    with CaptureQueriesContext(connection) as many:
        _opened(desk)
    assert len(many) <= len(few) <= 25
