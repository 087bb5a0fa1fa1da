"""Four eyes in the browser: who reviews is set up, a book is submitted and approved on the page; then it decides."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from wagtail.models import WorkflowState

from gradus import policy
from gradus.accounts.models import User
from gradus.accounts.roles import Role
from gradus.rulebook.books.publishing import follow_what_is_in_force
from gradus.rulebook.models import Activation, BookDraft
from tests.browser.accessibility import axe
from tests.conftest import MakePerson
from tests.platform.rulebook.conftest import in_force, refund, stricter
from workflows.requests.models import Request

__all__ = ["in_force", "refund", "stricter"]
pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("live", "in_force")]


@pytest.mark.parametrize("width", [360, 1280])
def test_two_administrators_put_a_book_in_force(
    open_page: Callable[..., Page],
    admin: User,
    make_person: MakePerson,
    stricter: str,
    width: int,
) -> None:
    follow_what_is_in_force()
    book = BookDraft.objects.get(file="requests/refund.toml")
    page = open_page(as_=admin, width=width)
    _set_up(page)
    _submit(page, book, stricter)
    assert not Activation.objects.exists()
    other = open_page(as_=make_person("Abel", Role.ADMIN), width=width)
    other.goto("/admin/")
    other.get_by_text("book waits for you.").click()
    expect(other.get_by_role("heading", name="Moderation of books")).to_be_visible()
    other.get_by_role("link", name="Refund").first.click()
    _more(other).click()
    other.get_by_role("button", name="Approve and Publish", exact=True).click()
    expect(other.get_by_text("Book of rules 'Refund' updated.")).to_be_visible()
    assert policy.active().book(Request, "refund").text == stricter
    assert WorkflowState.objects.get().status == WorkflowState.STATUS_APPROVED
    other.goto("/admin/rules/moderation/")
    expect(other.get_by_role("cell", name="Second pair of eyes")).to_be_visible()
    axe(other)
    assert other.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def _set_up(page: Page) -> None:
    """A workflow of one step, which is the administrators', for books."""
    page.goto("/admin/workflows/add/")
    page.locator("input[name=name]").fill("Books")
    page.get_by_role("button", name="Add task").click()
    page.get_by_role("button", name="Choose a task").click()
    task = page.locator(".modal-content")
    task.get_by_label("Name").fill("Second pair of eyes")
    task.get_by_label("admin", exact=True).check()
    task.get_by_role("button", name="Create").click()
    expect(page.get_by_text("Second pair of eyes")).to_be_visible()
    page.get_by_label("Book of rules").check()
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_text("Workflow 'Books' created.")).to_be_visible()


def _submit(page: Page, book: BookDraft, text: str) -> None:
    page.goto(f"/admin/rules/books/edit/{book.pk}/")
    page.get_by_role("tab", name="Text").click()
    page.locator("textarea[name=text]").fill(text)
    page.locator("textarea[name=note]").fill("Money is for administrators.")
    _more(page).click()
    page.get_by_role("button", name="Submit to Books").click()
    expect(page.get_by_text("has been submitted for moderation")).to_be_visible()


def _more(page: Page) -> object:
    return page.get_by_role("button", name="Actions").last
