"""Guests get a kept copy of a page, which an edit replaces at once and which nobody else's view leaks into."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from wagtail.models import PageViewRestriction

from gradus.accounts.models import User
from tests.cms.conftest import MakeCourse, MakeLesson


@pytest.fixture(autouse=True)
def keeping(settings: Any) -> None:
    settings.GUEST_PAGE_SECONDS = 60


def test_a_copy_takes_two_queries(
    client: Client, make_course: MakeCourse, django_assert_num_queries: Callable[..., Any]
) -> None:
    course = make_course("Pricing")
    first = client.get(course.url)
    with django_assert_num_queries(2):
        again = client.get(course.url)
    assert again.content == first.content
    assert again["Content-Type"] == first["Content-Type"]


def test_what_a_guest_makes_up_makes_no_further_copy(
    client: Client, make_course: MakeCourse, django_assert_num_queries: Callable[..., Any]
) -> None:
    make_course("Pricing")
    whole = client.get("/courses/").content
    part = client.get("/courses/", headers={"HX-Request": "true", "HX-Target": "div#course-results"}).content
    assert len(part) < len(whole)
    for number in range(3):
        with django_assert_num_queries(2):
            made_up = client.get("/courses/", headers={"HX-Target": f"made-up-{number}"})
        assert made_up.content == whole


def test_an_edit_shows_at_once(client: Client, make_course: MakeCourse) -> None:
    course = make_course("Pricing", summary="Before")
    assert "Before" in client.get("/courses/").content.decode()
    course.summary = "Afterwards"
    course.save_revision(log_action=True).publish()
    assert "Afterwards" in client.get("/courses/").content.decode()
    course.refresh_from_db()
    course.unpublish()
    assert client.get(course.url).status_code == 404


def test_people_who_are_signed_in_get_their_own_page(client: Client, make_course: MakeCourse, student: User) -> None:
    course = make_course()
    assert "Sign in" in client.get(course.url).content.decode()
    client.force_login(student)
    own = client.get(course.url).content.decode()
    assert student.email in own
    assert student.email not in Client().get(course.url).content.decode()


def test_locked_and_private_pages_are_not_kept(
    client: Client, make_course: MakeCourse, make_lesson: MakeLesson
) -> None:
    course = make_course()
    locked = make_lesson(course)
    assert [client.get(locked.url).status_code for _time in range(2)] == [403, 403]
    assert client.get(course.url).status_code == 200
    PageViewRestriction(page=course, restriction_type="login").save()
    assert client.get(course.url).status_code == 302


def test_the_newest_courses_of_people_signed_in_are_kept_until_an_edit(
    client: Client, make_course: MakeCourse, student: User, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    course = make_course("Pricing", summary="Before")
    client.force_login(student)
    first = client.get("/").content.decode()
    with django_assert_max_num_queries(10):
        assert client.get("/").content.decode().count("Before") == first.count("Before") == 1
    course.summary = "Afterwards"
    course.save_revision(log_action=True).publish()
    assert "Afterwards" in client.get("/").content.decode()
