"""Choosing among many with the keyboard, by touch, and without JavaScript."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from gradus.accounts.models import User
from tests.browser.accessibility import axe
from tests.cms.conftest import MakeCourse, catalogue, make_course, make_lesson, private_files, site
from workflows.learning.models import CourseProgress

__all__ = ["catalogue", "make_course", "make_lesson", "private_files", "site"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

NEW = "/steps/learning.courseprogress/new/enrol/"
OpenPage = Callable[..., Page]


@pytest.fixture(autouse=True)
def _courses(live: str, make_course: MakeCourse) -> None:
    for title in ("Counterpoint", "Counting", "Harmony"):
        make_course(title)


def field_of(page: Page) -> Any:
    return page.get_by_label("Course", exact=True)


def test_with_the_keyboard(open_page: OpenPage, student: User) -> None:
    page = open_page(as_=student)
    page.goto(NEW)
    field = field_of(page)
    expect(field).to_have_role("combobox")
    field.focus()
    page.keyboard.type("coun")
    options = page.get_by_role("option")
    expect(options).to_have_count(2)
    expect(field).to_have_attribute("aria-expanded", "true")
    axe(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(field).to_have_value("coun")
    page.keyboard.press("ArrowDown")
    expect(options).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    marked = page.locator("[role=option][aria-selected=true]")
    expect(marked).to_contain_text("Counting")
    assert field.get_attribute("aria-activedescendant") == marked.get_attribute("id")
    page.keyboard.press("Enter")
    expect(field).to_be_focused()
    assert field.input_value().startswith("Counting (")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: not url.endswith("/enrol/"))
    assert CourseProgress.objects.get().course.title == "Counting"


def test_by_touch_on_a_phone(open_page: OpenPage, student: User) -> None:
    page = open_page(width=360, theme="dark", as_=student)
    page.goto(NEW)
    field_of(page).press_sequentially("har")
    page.get_by_role("option", name="Harmony").click()
    assert field_of(page).input_value().startswith("Harmony (")
    expect(page.get_by_role("listbox")).to_be_hidden()
    field_of(page).fill("zzz")
    expect(page.get_by_text("Nothing begins like this.")).to_be_visible()


def test_without_javascript_a_number_is_enough(open_page: OpenPage, student: User, make_course: MakeCourse) -> None:
    page = open_page(as_=student, script=False)
    page.goto(NEW)
    field_of(page).fill("Melody")
    page.get_by_role("button", name="Enrol").click()
    expect(page.locator(".g-error")).to_contain_text("There is no “Melody” to choose")
    expect(field_of(page)).to_have_value("Melody")
    field_of(page).fill(str(make_course("Melody").pk))
    page.get_by_role("button", name="Enrol").click()
    page.wait_for_url(lambda url: not url.endswith("/enrol/"))
    assert CourseProgress.objects.get().course.title == "Melody"
