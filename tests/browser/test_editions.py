"""A state gets another name while requests are in it: a new edition begins, and the requests follow when told to."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from gradus import flow
from gradus.accounts.models import User
from gradus.rulebook.books.publishing import follow_what_is_in_force
from gradus.rulebook.models import BookDraft
from tests.browser.accessibility import violations
from tests.platform.rulebook.conftest import in_force, refund
from tests.platform.rulebook.test_editions import ANSWERS, KEY, renamed
from workflows.requests.models import Request

__all__ = ["in_force", "refund", "renamed"]
pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("live", "in_force")]


def in_order(page: Page) -> None:
    """Once what comes in has come in."""
    page.evaluate("Promise.all(document.getAnimations().map(each => each.finished.catch(() => 0))).then(() => 0)")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize(("width", "theme"), [(360, "dark"), (1280, "light")])
def test_a_new_edition_begins_and_what_was_filed_is_moved(
    open_page: Callable[..., Page], admin: User, student: User, renamed: str, width: int, theme: str
) -> None:
    filed = flow.create(Request, "submit", by=student, kind="refund", **ANSWERS)
    follow_what_is_in_force()
    draft = BookDraft.objects.get(file="requests/refund.toml")
    draft.text = renamed
    draft.save_revision(user=admin)
    page = open_page(as_=admin, width=width, theme=theme)
    page.goto(f"/admin/rules/review/{draft.pk}/")
    expect(page.get_by_text("There are things in the state “Submitted”, which goes.")).to_be_visible()
    in_order(page)
    page.get_by_role("button", name="Begin a new edition").click()
    expect(page.get_by_text("1 thing stays in Refund (edition 1):")).to_be_visible()
    in_order(page)
    page.get_by_label("Why").fill("Clearer words.")
    page.get_by_role("button", name="Publish these rules").click()
    expect(page.get_by_role("heading", name="Older editions are still in use")).to_be_visible()
    in_order(page)
    page.get_by_role("link", name="Refund (edition 1)").click()
    page.get_by_role("button", name="Look at what it does").click()
    expect(page.get_by_text("would be moved")).to_have_count(0)  # the browser asks for what is not chosen yet
    page.get_by_label(re.compile("^Submitted")).select_option("filed")
    page.get_by_label("Order number").select_option(label="Order number")
    page.get_by_role("button", name="Look at what it does").click()
    expect(page.get_by_role("heading", name="1 thing would be moved")).to_be_visible()
    expect(page.get_by_role("link", name="Charged twice")).to_be_visible()
    in_order(page)
    page.get_by_role("button", name="Move 1 thing").click()
    expect(page.get_by_text("1 thing was moved on from Refund (edition 1).")).to_be_visible()
    in_order(page)
    moved = Request.objects.get(pk=filed.pk)
    assert (moved.kind, moved.state, moved.answers["receipt"]) == ("refund-2", "filed", "A-17")
    page.goto(f"/admin/rules/editions/{KEY}/")
    expect(page.get_by_text("Nothing is left to move")).to_be_visible()
    in_order(page)
