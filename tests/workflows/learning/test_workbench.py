"""The team's list of who is how far: whose it is, what it shows, and what may be done from it."""

import csv
import io

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from cms.catalog.models import CoursePage, LessonPage
from gradus import flow
from gradus.accounts.roles import Role
from tests.conftest import MakePerson
from workflows.learning import services
from workflows.learning.models import CourseProgress

LIST = "/admin/progress-in-courses/"


def page(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


@pytest.mark.parametrize(
    ("role", "allowed"),
    [(Role.INSTRUCTOR, True), (Role.ANALYST, True), (Role.ADMIN, True), (Role.EDITOR, False), (Role.STUDENT, False)],
)
def test_the_menu_and_the_list_are_for_whom_the_rules_let_view_it(
    client: Client, make_person: MakePerson, enrolled: CourseProgress, role: Role, allowed: bool
) -> None:
    client.force_login(make_person("Team", role))
    response = client.get(LIST)
    assert (response.status_code == 200) == allowed
    if role is not Role.STUDENT:
        assert (LIST in page(client, "/admin/")) == allowed
    if allowed:
        assert "Ada" in response.content.decode()
        assert client.get(f"{LIST}{enrolled.pk}/").status_code == 200


def test_instructors_see_who_paused_since_when_and_that_they_resumed(
    client: Client, make_person: MakePerson, enrolled: CourseProgress, text: LessonPage
) -> None:
    services.mark_read(by=enrolled.user, lesson=text)
    client.force_login(make_person("Ivo", Role.INSTRUCTOR))
    assert "Ada" not in page(client, f"{LIST}results/?state=paused")
    paused = flow.apply(CourseProgress.objects.get(), "pause", by=enrolled.user)
    assert "Ada" in page(client, f"{LIST}results/?state=paused")
    flow.apply(paused, "resume", by=enrolled.user)
    assert "Ada" not in page(client, f"{LIST}results/?state=paused")
    timeline = page(client, f"{LIST}{enrolled.pk}/")
    assert "Pause" in timeline
    assert "Resume" in timeline


def test_instructors_look_and_administrators_act(
    client: Client, make_person: MakePerson, enrolled: CourseProgress, text: LessonPage
) -> None:
    services.mark_read(by=enrolled.user, lesson=text)
    client.force_login(make_person("Ivo", Role.INSTRUCTOR))
    client.post(f"{LIST}{enrolled.pk}/pause/")
    assert CourseProgress.objects.get().state == "in_progress"
    client.force_login(make_person("Alma", Role.ADMIN))
    client.post(f"{LIST}{enrolled.pk}/pause/")
    assert CourseProgress.objects.get().state == "paused"


def test_the_export_counts_the_lessons(
    client: Client, make_person: MakePerson, enrolled: CourseProgress, text: LessonPage
) -> None:
    services.mark_read(by=enrolled.user, lesson=text)
    client.force_login(make_person("Ivo", Role.INSTRUCTOR))
    content = b"".join(client.get(f"{LIST}?export=csv").streaming_content).decode()
    (row,) = csv.DictReader(io.StringIO(content))
    assert (row["Student"], row["Lessons complete"], row["State"]) == ("Ada", "1", "In progress")


@pytest.mark.parametrize("count", [1, 12])
def test_the_list_needs_the_same_queries_however_long_it_is(
    client: Client, make_person: MakePerson, course: CoursePage, text: LessonPage, count: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    for number in range(count):
        services.enrol(user=make_person(f"S{number}", Role.STUDENT), course=course)
    client.force_login(make_person("Ivo", Role.INSTRUCTOR))
    page(client, LIST)
    with django_assert_max_num_queries(25):
        page(client, LIST)


@pytest.mark.both_databases
def test_a_number_no_database_can_hold_is_no_course(client: Client, make_person: MakePerson) -> None:
    client.force_login(make_person("Ivo", Role.INSTRUCTOR))
    assert "cannot be read" in page(client, f"{LIST}?course={2**63}")
