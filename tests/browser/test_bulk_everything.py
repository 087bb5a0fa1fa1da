"""Choosing more than a page of the queue."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from gradus import flow
from gradus.accounts.models import User
from gradus.accounts.roles import Role
from tests.browser.accessibility import axe
from tests.conftest import MakePerson
from workflows.requests.models import Request

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


def test_everything_is_offered_once_the_page_is_chosen(
    open_page: Callable[..., Page], make_person: MakePerson, instructor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gradus.flow.workbench.listing.QueueView.paginate_by", 2)
    for number in range(5):
        person, title = make_person(f"Student{number}", Role.STUDENT), f"{'White' if number else 'Black'} {number}"
        flow.create(Request, "submit", by=person, kind="bug", title=title, text="x", severity="minor")
    page = open_page(width=360, as_=instructor)
    page.goto("/admin/requests/")
    everything = page.get_by_label("All 5 that match")
    page.locator("[data-bulk-item]").first.check()
    expect(everything).to_be_hidden()
    page.locator("[data-bulk-item]").nth(1).check()
    expect(everything).to_be_visible()
    with page.expect_response(lambda answer: "/results/" in answer.url):
        page.get_by_placeholder("Search…").fill("White")
    expect(page.get_by_label("Choose Black 0")).to_have_count(0)
    expect(page.get_by_label("Choose White 1")).to_be_checked()  # what is still listed stays chosen
    page.get_by_label("Choose White 2").check()  # leaves the field, which asks once more
    page.get_by_label("All 4 that match").check()
    page.wait_for_load_state("networkidle")
    expect(page.get_by_label("All 4 that match")).to_be_checked()
    axe(page, "[data-bulk]")
    page.get_by_role("button", name="Claim").click()
    expect(page.get_by_role("heading", name="For these 4")).to_be_visible()
    page.get_by_role("button", name="Claim").click()
    expect(page.get_by_role("heading", name="4 done")).to_be_visible()
    assert Request.objects.filter(state="in_review").count() == 4


def test_on_a_phone_the_bar_shows_two_steps_and_unfolds_the_rest(
    open_page: Callable[..., Page], student: User, instructor: User
) -> None:
    flow.create(Request, "submit", by=student, kind="bug", title="White", text="x", severity="minor")
    wide, phone = open_page(as_=instructor), open_page(width=360, as_=instructor)
    for page in (wide, phone):
        page.goto("/admin/requests/")
        page.locator("[data-bulk-item]").check()
    third = "Decline / Reject"
    expect(wide.get_by_role("button", name=third)).to_be_visible()
    expect(wide.get_by_text("More", exact=True)).to_be_hidden()
    expect(phone.get_by_role("button", name=third)).to_be_hidden()
    phone.get_by_text("More", exact=True).click()
    expect(phone.get_by_role("button", name=third)).to_be_visible()
    axe(phone, "[data-bulk]")


def test_the_bar_offers_what_the_rows_found_can_take(
    open_page: Callable[..., Page], make_person: MakePerson, instructor: User
) -> None:
    for title in ("White", "Black"):
        person = make_person(f"{title} student", Role.STUDENT)
        filed = flow.create(Request, "submit", by=person, kind="bug", title=title, text="x", severity="minor")
    flow.apply(filed, "claim", by=instructor)
    page = open_page(as_=instructor)
    page.goto("/admin/requests/?q=White")
    page.get_by_label("Choose White").check()
    expect(page.get_by_role("button", name="Release")).to_have_count(0)
    page.get_by_placeholder("Search…").fill("Black")
    page.get_by_label("Choose Black").check()
    expect(page.get_by_role("button", name="Release")).to_be_visible()
