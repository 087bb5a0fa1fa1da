"""Two people at one request, each in a browser of their own: whoever is late reads why, and keeps what they wrote."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from gradus import flow
from gradus.accounts.models import User
from gradus.flow import pace
from workflows.requests.models import Request

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
OpenPage = Callable[..., Page]
TYPED = "It happens in Firefox only."


@pytest.fixture
def filed(student: User) -> Request:
    return flow.create(
        Request, "submit", by=student, kind="bug", title="The page stays white", text="Today.", severity="minor"
    )


@pytest.fixture
def writing(open_page: OpenPage, filed: Request, student: User) -> Page:
    """The student's page, with a text in the form that adds information."""
    page = open_page(as_=student)
    page.goto(f"/requests/{filed.pk}/")
    page.locator("summary", has_text="Add information").click()
    note(page).fill(TYPED)
    return page


def note(page: Page) -> Locator:
    return page.locator("[name=add_information-note]")


def claim(page: Page, filed: Request) -> None:
    page.goto(f"/requests/{filed.pk}/")
    page.locator("[data-flow-panel]").get_by_role("button", name="Claim").click()
    expect(page.locator("[data-flow-panel]")).to_contain_text("In review")


def test_whoever_was_late_reads_who_was_first_and_keeps_the_text(
    open_page: OpenPage, writing: Page, filed: Request, instructor: User
) -> None:
    claim(open_page(as_=instructor), filed)

    writing.get_by_role("button", name="Add information").click()

    refusal = writing.locator("[data-flow-panel] [role=alert]")
    expect(refusal).to_contain_text("This did not happen")
    expect(refusal).to_contain_text("was first")
    expect(refusal).to_be_focused()
    expect(note(writing)).to_have_value(TYPED)
    expect(note(writing)).to_be_visible()


def test_whoever_was_too_fast_reads_so_and_keeps_the_text(writing: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "TOLD", 0)

    writing.get_by_role("button", name="Add information").click()

    expect(writing.locator("[data-flow-panel] [role=alert]")).to_contain_text("That was too often.")
    expect(note(writing)).to_have_value(TYPED)


def test_a_refusal_without_a_panel_is_said_in_a_toast(writing: Page, complaints: list[str]) -> None:
    writing.route("**/add_information/", lambda route: route.fulfill(status=404, body="Nothing here"))

    writing.get_by_role("button", name="Add information").click()

    expect(writing.locator("#toasts")).to_contain_text("This is no longer here.")
    expect(note(writing)).to_have_value(TYPED)
    assert len(complaints) == 1
    assert complaints.pop().startswith("Response Status Error Code 404")  # htmx tells the console too
