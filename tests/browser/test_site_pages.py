"""Every kind of page people meet looks right at 360 and 1280 px, in both themes, and axe finds nothing on it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from wagtail.models import Collection, Locale

from cms.catalog.models import CoursePage, LessonPage
from cms.site.services import ensure_site
from gradus.accounts.models import User
from tests.browser.accessibility import axe

pytestmark = pytest.mark.browser
Visit = Callable[..., None]
OpenPage = Callable[..., Page]


@pytest.fixture
def course(live: str) -> CoursePage:
    Locale.objects.get_or_create(language_code="en")  # what a flush takes away, should it not have come back
    if Collection.get_first_root_node() is None:
        Collection.add_root(name="Root")
    course = CoursePage(title="Counterpoint from the first step", summary="From one line to two voices.")
    ensure_site().courses.add_child(instance=course)
    course.add_child(
        instance=LessonPage(title="What a melody remembers", is_preview=True, body=[("text", "<p>Listen.</p>")])
    )
    course.add_child(instance=LessonPage(title="Steps, skips and leaps", body=[("text", "<p>Write.</p>")]))
    return course


@pytest.mark.parametrize("address", ["/", "/courses/", "/courses/?q=nothing-like-it"])
def test_the_site_welcomes_guests(visit_both_themes_and_sizes: Visit, course: CoursePage, address: str) -> None:
    visit_both_themes_and_sizes(address, name=f"site{address}".strip("/").replace("/", "-").replace("?q=", "-"))


def test_a_course_and_its_open_lesson_can_be_read(visit_both_themes_and_sizes: Visit, course: CoursePage) -> None:
    visit_both_themes_and_sizes(course.url, name="course")
    visit_both_themes_and_sizes(course.get_children().first().url, name="lesson")


@pytest.mark.parametrize("address", ["login", "signup", "password/reset"])
def test_the_way_in_can_be_used(visit_both_themes_and_sizes: Visit, address: str) -> None:
    visit_both_themes_and_sizes(f"/accounts/{address}/")


@pytest.mark.parametrize("address", ["/profile/", "/notifications/", "/notifications/preferences/"])
def test_pages_of_ones_own_can_be_used(visit_both_themes_and_sizes: Visit, student: User, address: str) -> None:
    visit_both_themes_and_sizes(address, as_=student)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_wrong_address_helps_on(open_page: OpenPage, course: CoursePage, theme: str) -> None:
    page = open_page(width=360, theme=theme)

    page.goto("/no/such/page/")

    expect(page.get_by_role("link", name="Go to the start page")).to_be_visible()
    axe(page)
