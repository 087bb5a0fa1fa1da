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


def show_what_is_new(page: Page) -> None:
    """What the socket would announce; the server of these tests has none, so the page asks when time has passed."""
    page.clock.fast_forward(16_000)
    page.get_by_role("button", name="Show what is new").click()


@pytest.fixture
def resized(open_page: OpenPage, filed: Request, student: User) -> Page:
    """A page whose clock the test holds, with a text in a field made larger by hand, which gives it a style."""
    page = open_page(as_=student)
    page.clock.install()
    page.goto(f"/requests/{filed.pk}/")
    page.locator("summary", has_text="Add information").click()
    note(page).evaluate("(field) => { field.style.height = '12rem'; }")
    return page


def test_what_was_typed_comes_along_to_what_is_new(resized: Page, filed: Request, instructor: User) -> None:
    resized.get_by_role("button", name="Add information").click()
    expect(resized.locator("[data-flow-panel] [role=alert]")).to_be_focused()
    note(resized).evaluate("(field) => { field.style.height = '12rem'; }")
    note(resized).fill(TYPED)
    flow.apply(filed, "claim", by=instructor)

    show_what_is_new(resized)

    expect(resized.locator("#request")).to_contain_text("In review")
    expect(note(resized)).to_have_value(TYPED)
    expect(note(resized)).to_be_visible()


def test_what_has_no_form_any_more_can_be_copied(resized: Page, filed: Request, instructor: User) -> None:
    note(resized).fill(TYPED)
    flow.apply(filed, "approve", by=instructor)

    show_what_is_new(resized)

    expect(note(resized)).to_have_count(0)
    expect(resized.locator(".g-live-kept")).to_contain_text("What you wrote cannot be sent any more")
    expect(resized.locator("[data-kept]")).to_have_text(TYPED)


def test_an_open_decision_says_at_once_who_was_first_and_keeps_the_text(
    open_page: OpenPage, filed: Request, instructor: User, other_instructor: User
) -> None:
    page = open_page(as_=instructor)
    page.clock.install()
    page.route_web_socket("**/ws/live/", lambda socket: socket.close())
    page.goto(f"/admin/requests/{filed.pk}/reject/")
    page.locator("[name=note]").fill(TYPED)
    flow.apply(filed, "approve", by=other_instructor)
    page.clock.fast_forward(16_000)

    decision = page.locator("#decision")
    expect(decision).to_contain_text("No longer possible")
    expect(decision).to_contain_text("was first")
    expect(decision.get_by_role("button")).to_have_count(0)
    expect(page.locator("[name=note]")).to_have_value(TYPED)


def test_what_comes_into_the_queue_counts_in_its_tab_and_in_the_menu(
    open_page: OpenPage, filed: Request, student: User, instructor: User
) -> None:
    page = open_page(as_=instructor)
    page.clock.install()
    page.route_web_socket("**/ws/live/", lambda socket: socket.close())
    page.goto("/admin/requests/")
    menu = page.locator(".sidebar .menuitem-label", has_text="Requests")
    expect(menu).to_have_text("Requests (1)")
    flow.create(Request, "submit", by=student, kind="bug", title="Another", text="Today.", severity="minor")
    page.clock.fast_forward(16_000)

    expect(menu).to_have_text("Requests (2)")
    expect(page.locator(".g-bench-tabs .g-count")).to_have_text("2")
