"""A course that editors keep to some is not there for anybody else: on no page, in no list, for no player."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from wagtail.models import Page, PageViewRestriction

from cms.catalog.models import CoursePage, LessonPage
from gradus.accounts.models import User
from tests.cms.conftest import MakeCourse, MakeLesson

PUBLIC = ["/", "/courses/", "/courses/?q=Secret", "/courses/?level=expert", "/sitemap.xml"]


@pytest.fixture
def insiders(db: None) -> Group:
    return Group.objects.create(name="Cohort of May")


@pytest.fixture
def member(student: User, insiders: Group) -> User:
    student.groups.add(insiders)
    return student


def keep(page: Page, *groups: Group) -> None:
    kind = PageViewRestriction.GROUPS if groups else PageViewRestriction.LOGIN
    PageViewRestriction.objects.create(page=page, restriction_type=kind).groups.set(groups)


@pytest.fixture
def kept(make_course: MakeCourse, make_lesson: MakeLesson, insiders: Group) -> CoursePage:
    """A course of one cohort, with an open lesson, beside one for everybody."""
    make_course("Pricing")
    course = make_course("Secret sauce", level="expert")
    make_lesson(course, "Secret step", is_preview=True)
    keep(course, insiders)
    return course


def seen(client: Client, address: str) -> str:
    return client.get(address).content.decode()


@pytest.mark.parametrize("address", PUBLIC)
def test_whoever_is_not_let_in_reads_nothing_of_it(
    client: Client, kept: CoursePage, member: User, other_student: User, address: str, settings: Any
) -> None:
    settings.GUEST_PAGE_SECONDS = 60
    found = re.compile("secret-s")
    assert not found.search(seen(client, address))
    client.force_login(member)
    shown = bool(found.search(seen(client, address)))
    assert shown == (address != "/sitemap.xml")
    assert not found.search(seen(Client(), address)), "what members see is kept for no guest"
    client.force_login(other_student)
    assert not found.search(seen(client, address))


def test_its_pages_are_not_found_by_people_outside_its_groups(
    client: Client, kept: CoursePage, member: User, other_student: User
) -> None:
    lesson = kept.lessons.get()
    client.force_login(member)
    assert [client.get(page.url).status_code for page in (kept, lesson)] == [200, 200]
    client.force_login(other_student)
    assert [client.get(page.url).status_code for page in (kept, lesson)] == [404, 404]


def test_a_page_for_people_with_an_account_asks_guests_to_sign_in(
    client: Client, make_course: MakeCourse, other_student: User
) -> None:
    course = make_course("Secret sauce")
    keep(course)
    assert client.get(course.url).headers["Location"].startswith("/accounts/login/?next=/courses/secret-sauce/")
    assert client.post("/_util/login/").headers["Location"].startswith("/accounts/login/"), "no other door"
    assert "Secret" not in seen(client, "/courses/")
    client.force_login(other_student)
    assert "Secret" in seen(client, "/courses/")


def test_superusers_are_let_in(client: Client, kept: CoursePage, superuser: User) -> None:
    client.force_login(superuser)
    assert "Secret" in seen(client, "/courses/")


def test_a_copy_of_a_kept_course_is_kept_too(client: Client, kept: CoursePage) -> None:
    alias = kept.create_alias(update_slug="twin", parent=kept.get_parent())
    assert alias.live
    assert "twin" not in seen(client, "/courses/")


def test_a_lesson_kept_to_some_is_an_extra_for_them(
    client: Client, make_course: MakeCourse, make_lesson: MakeLesson, member: User, insiders: Group
) -> None:
    course = make_course("Pricing")
    make_lesson(course, "For everybody")
    extra = make_lesson(course, "Bonus", text="unobtainium")
    assert "Bonus" in seen(client, course.url)
    keep(extra, insiders)
    assert "Bonus" not in seen(client, course.url)
    assert "Pricing" not in seen(client, "/courses/?q=unobtainium")
    assert [lesson.title for lesson in LessonPage.objects.steps()] == ["For everybody"]
    assert CoursePage.objects.with_sizes().get().lesson_count == 1
    client.force_login(member)
    assert "Bonus" in seen(client, course.url)


def test_no_shared_password_is_offered() -> None:
    assert CoursePage.private_page_options == ["login", "groups"]


def test_lessons_go_with_their_course_and_come_back(
    client: Client, make_course: MakeCourse, make_lesson: MakeLesson
) -> None:
    course = make_course("Pricing")
    lesson = make_lesson(course, is_preview=True)
    assert lesson.slug in seen(client, "/sitemap.xml")
    course.unpublish()
    assert client.get(lesson.url).status_code == 404
    assert lesson.slug not in seen(client, "/sitemap.xml")
    course.save_revision().publish()
    assert client.get(lesson.url).status_code == 200
