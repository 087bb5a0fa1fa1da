"""The demo academy: complete, truthful to the rules, and loading it twice changes nothing."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from cms.catalog.models import CoursePage, LessonPage
from gradus import flow, policy
from gradus.accounts.models import User
from gradus.accounts.roles import Role
from gradus.flow.models import TransitionRecord
from gradus.project.demo import LOGINS, PASSWORD, academy_is_empty, load_demo
from gradus.rulebook.replaying import replay
from tests.academy import loaded
from workflows.learning.models import CourseProgress
from workflows.requests.models import Request

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("demo")]


@pytest.fixture(scope="module")
def academy(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[None]:
    def load() -> None:
        assert academy_is_empty()
        load_demo()

    with loaded(load, django_db_blocker, tmp_path_factory.mktemp("private")):
        yield


def test_the_demo_academy_is_complete(academy: None) -> None:
    assert CoursePage.objects.live().count() >= 6
    assert LessonPage.objects.live().count() >= 30
    assert User.objects.filter(groups__name=Role.STUDENT).count() >= 40
    assert {role for user in User.objects.all() for role in user.roles} == set(LOGINS)
    states = {state for machine in flow.machines(Request) for state in machine.states}
    assert set(Request.objects.values_list("state", flat=True)) == states
    assert set(CourseProgress.objects.values_list("state", flat=True)) >= {"in_progress", "completed"}


def test_history_explains_every_state(academy: None) -> None:
    for model in (Request, CourseProgress):
        for item in model.objects.all():  # type: ignore[attr-defined]
            last = TransitionRecord.objects.about(item).done().order_by("-version").first()
            assert last is not None
            assert (last.target, last.version, last.at >= item.state_since) == (item.state, item.version, True)


def test_every_decision_about_a_request_is_one_the_rules_allow(academy: None) -> None:
    """So trying a change of rules on the demo tells what it would have changed."""
    books = [book for book in policy.active().books if book.model is Request]
    found = replay(policy.active(), last=10_000, only=books)
    assert found.decided > 30
    assert (found.unknown, [str(each) for each in found.examples]) == (0, [])


def test_loading_it_again_changes_nothing(academy: None) -> None:
    before = [model.objects.count() for model in (User, CoursePage, LessonPage, Request, CourseProgress)]
    load_demo()
    assert [model.objects.count() for model in (User, CoursePage, LessonPage, Request, CourseProgress)] == before


@pytest.mark.parametrize(("role", "page"), [(Role.STUDENT, "/learning/"), (Role.INSTRUCTOR, "/admin/requests/")])
def test_the_printed_logins_work(academy: None, client: Client, role: Role, page: str) -> None:
    response = client.post("/accounts/login/", {"login": LOGINS[role], "password": PASSWORD})
    assert response.status_code == 302
    assert client.get(page).status_code == 200
