"""Fields that appear as one answers: with the script, without it, and when the server does not answer."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from gradus import flow, policy
from gradus.accounts.models import User
from gradus.policy.ruleset import texts
from tests.browser.accessibility import axe
from tests.cms.conftest import MakeCourse, catalogue, make_course, private_files, site
from workflows.requests.models import Request

__all__ = ["catalogue", "make_course", "private_files", "site"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

NEW = "/requests/new/bug/"
WHY = "What it keeps you from"
OpenPage = Callable[..., Page]
ASK = """ask        = { sure = { type = "flag", label = "It is our fault" }, note = { type = "long text", """
ASK += """label = "What we say about it", required = true, when = "obj.sure" } }
instructor = "free\""""


def severity(page: Page, value: str) -> None:
    field = page.get_by_label("How bad is it")
    field.focus()
    field.select_option(value)


@pytest.mark.parametrize("width", [360, 1280])
def test_a_field_appears_and_disappears_and_says_so(open_page: OpenPage, student: User, width: int) -> None:
    page = open_page(as_=student, width=width)
    page.goto(NEW)
    why = page.get_by_label(WHY)
    expect(why).to_be_hidden()
    axe(page)
    severity(page, "blocking")
    expect(why).to_be_visible()
    said = page.locator("[data-asking]")
    expect(said).to_have_role("status")
    expect(said).to_have_text(f"Now asked as well: {WHY}.")
    expect(page.get_by_label("How bad is it")).to_be_focused()
    axe(page)
    why.fill("The lesson of tomorrow")
    severity(page, "minor")
    expect(why).to_be_hidden()
    expect(said).to_have_text(f"No longer asked: {WHY}.")
    severity(page, "blocking")
    expect(why).to_have_value("The lesson of tomorrow")


def test_who_is_in_a_field_keeps_it_until_they_leave(open_page: OpenPage, student: User) -> None:
    page = open_page(as_=student)
    page.goto(NEW)
    severity(page, "blocking")
    why = page.get_by_label(WHY)
    expect(why).to_be_visible()
    held: list[Callable[[], None]] = []
    page.route("**/asked/**", lambda route: held.append(route.continue_))
    severity(page, "minor")
    why.press_sequentially("The less")
    with page.expect_response("**/asked/**"):
        while not held:
            page.wait_for_timeout(20)
        held.pop()()
    expect(page.locator("[data-asking]")).to_have_attribute("data-shown", re.compile(r"^(?!.*kept_from)"))
    expect(why).to_be_focused()
    why.press_sequentially("on")
    expect(why).to_have_value("The lesson")
    why.press("Tab")
    expect(why).to_be_hidden()


def test_what_was_shown_stays_when_the_server_does_not_answer(open_page: OpenPage, student: User) -> None:
    page = open_page(as_=student)
    page.goto(NEW)
    severity(page, "blocking")
    expect(page.get_by_label(WHY)).to_be_visible()
    page.route("**/asked/**", lambda route: route.fulfill(status=404))
    with page.expect_response("**/asked/**"):
        severity(page, "minor")
    expect(page.get_by_label(WHY)).to_be_visible()
    page.get_by_label("Title").fill("White")
    page.get_by_label("What happened").fill("It stays white.")
    page.get_by_label(WHY).fill("Nothing, really")
    page.get_by_role("button", name="Send the request").click()
    page.wait_for_url(lambda url: "/new/" not in url)
    assert "kept_from" not in Request.objects.get().answers


def test_without_script_everything_is_there_and_says_when_it_is_asked(open_page: OpenPage, student: User) -> None:
    page = open_page(as_=student, script=False)
    page.goto(NEW)
    expect(page.get_by_label(WHY)).to_be_visible()
    expect(page.get_by_text("Asked only if: you cannot go on.")).to_be_visible()
    page.get_by_label("Title").fill("White")
    page.get_by_label("What happened").fill("It stays white.")
    page.get_by_label(WHY).fill("Nothing, really")
    severity(page, "minor")
    page.get_by_role("button", name="Send the request").click()
    page.wait_for_url(lambda url: "/new/" not in url)
    assert "kept_from" not in Request.objects.get().answers


@pytest.mark.parametrize("where", ["/requests/{}/", "/admin/requests/{}/approve/"])
def test_a_transition_asks_so_too(open_page: OpenPage, student: User, instructor: User, where: str) -> None:
    written = texts(Path(settings.RULES_DIR))
    bug = written["requests/bug.toml"]
    old = """ask        = { note = { type = "long text", label = "Note to the student" } }\ninstructor = "free\""""
    assert old in bug
    written["requests/bug.toml"] = bug.replace(old, ASK, 1)
    made = flow.create(Request, "submit", by=student, kind="bug", title="x", text="y", severity="minor")
    with policy.using(policy.load_texts(written)):
        page = open_page(as_=instructor)
        page.goto(where.format(made.pk))
        if where.startswith("/requests"):
            page.locator("summary", has_text="Confirm").click()
        note = page.get_by_label("What we say about it")
        expect(note).to_be_hidden()
        page.get_by_label("It is our fault").check()
        expect(note).to_be_visible()
        axe(page)
        page.get_by_role("button", name="Confirm", exact=True).click()
        expect(page.get_by_text("Please fill this in.").first).to_be_visible()
        page.get_by_label("It is our fault").uncheck()
        expect(note).to_be_hidden()
        page.get_by_role("button", name="Confirm", exact=True).click()
        expect(page.get_by_text("Confirmed").first).to_be_visible()
    made.refresh_from_db(fields=["version"])
    assert made.version == 2


def test_a_course_is_chosen_and_found_again(open_page: OpenPage, student: User, make_course: MakeCourse) -> None:
    course = make_course("Counterpoint")
    page = open_page(as_=student)
    page.goto(NEW)
    page.get_by_label("Title").fill("White")
    page.get_by_label("What happened").fill("It stays white.")
    severity(page, "minor")
    field = page.get_by_label("Course", exact=False).and_(page.get_by_role("combobox"))
    field.press_sequentially("coun")
    page.get_by_role("option", name="Counterpoint").click()
    page.get_by_role("button", name="Send the request").click()
    page.wait_for_url(lambda url: "/new/" not in url)
    page.get_by_role("link", name="Counterpoint").click()
    page.wait_for_url(lambda url: url.endswith(course.url))
