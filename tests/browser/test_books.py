"""A book changed by hand: what is wrong shows at its line, what it would do before it does it; then it decides."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings

from gradus import policy
from gradus.accounts.models import User
from gradus.rulebook import publishing, store
from gradus.rulebook.books.publishing import follow_what_is_in_force
from gradus.rulebook.models import BookDraft
from tests.browser.accessibility import axe
from tests.platform.rulebook.conftest import REFUND, in_force, refund, stricter
from workflows.requests.models import Request

__all__ = ["in_force", "refund", "stricter"]
pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("live", "in_force")]


@pytest.fixture
def open_text(open_page: Callable[..., Page], admin: User) -> Callable[[int], Page]:
    """The text of the refund book in the editor, on a page of this width."""

    def open_(width: int) -> Page:
        follow_what_is_in_force()
        page = open_page(as_=admin, width=width)
        page.goto(f"/admin/rules/books/edit/{BookDraft.objects.get(file=REFUND).pk}/")
        page.get_by_role("tab", name="Text").click()
        return page

    return open_


@pytest.mark.parametrize("width", [360, 1280])
def test_a_rule_is_written_looked_at_and_published(
    open_text: Callable[[int], Page], refund: str, stricter: str, width: int
) -> None:
    page = open_text(width)
    text, problems = page.locator("textarea[name=text]"), page.locator("[data-rules-problems]")
    text.fill(refund.replace("obj.author == user", "obj.autor == user", 1))
    line = next(n for n, each in enumerate(refund.splitlines(), start=1) if "obj.author == user" in each)
    expect(problems).to_contain_text(f"{line}: conditions.own.if")
    expect(problems).to_contain_text("did you mean obj.author?")
    expect(page.locator("[data-rules-numbers] [data-wrong]").first).to_have_text(str(line))
    problems.get_by_role("button").first.click()
    chosen = text.evaluate("box => box.value.slice(box.selectionStart, box.selectionEnd)")
    assert chosen == 'if  = "obj.autor == user"'
    text.fill(stricter)
    expect(problems).to_be_empty()
    page.get_by_role("button", name="Save and look at what it would do").click()
    expect(page.get_by_role("heading", name="What publishing Refund would do")).to_be_visible()
    changed = page.get_by_role("row", name="Approve Submitted, In review").locator(".g-sides__cell")
    expect(changed).to_have_text(re.compile("no colleague has claimed it.*then not at all", re.DOTALL))
    expect(page.get_by_text("All 16 tests pass.")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.get_by_label("Why").fill("Money is for administrators.")
    page.get_by_role("button", name="Publish these rules").click()
    expect(page.get_by_text("Version 1 is in force.")).to_be_visible()
    assert policy.active().book(Request, "refund").text == stricter


@pytest.mark.parametrize("width", [360, 1280])
def test_each_line_has_its_number_beside_it_however_far_one_scrolls(
    open_text: Callable[[int], Page], refund: str, width: int
) -> None:
    page = open_text(width)
    text, numbers = page.locator("textarea[name=text]"), page.locator("[data-rules-numbers]")
    text.fill(refund + "# one more line\n")
    last = len(refund.splitlines()) + 1
    assert last > 100
    for keys, number in (("Control+End", last), ("Control+Home", 1)):
        text.press(keys)
        expect(numbers.locator("li").nth(number - 1)).to_be_in_viewport()
        assert text.evaluate("box => box.scrollTop") == numbers.evaluate("box => box.scrollTop")


@pytest.mark.parametrize("width", [360, 1280])
def test_what_an_upgrade_brings_is_taken_over_as_a_draft(
    open_page: Callable[..., Page], admin: User, stricter: str, settings: Settings, tmp_path: Path, width: int
) -> None:
    publishing.publish({REFUND: stricter}, by=admin, note="Stricter")
    for file, text in store.files().items():
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text(text.replace('title = "Refund"', 'title = "Money back"', 1))
    settings.RULES_DIR = tmp_path
    page = open_page(as_=admin, width=width)
    page.goto("/admin/rules/books/")
    axe(page)
    page.locator(".g-callout").get_by_role("link", name="Refund").click()
    expect(page.get_by_role("heading", name="What the installed file changed")).to_be_visible()
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.get_by_role("button", name="Make it a draft").click()
    expect(page.get_by_role("heading", name="What publishing Money back would do")).to_be_visible()
    expect(page.get_by_role("row", name='3 new title = "Money back"')).to_be_visible()
    assert store.standing().published[REFUND] == stricter
