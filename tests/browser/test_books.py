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


@pytest.mark.parametrize("width", [360, 1280])
def test_a_rule_is_written_looked_at_and_published(
    open_page: Callable[..., Page], admin: User, refund: str, stricter: str, width: int
) -> None:
    follow_what_is_in_force()
    page = open_page(as_=admin, width=width)
    page.goto(f"/admin/rules/books/edit/{BookDraft.objects.get(file='requests/refund.toml').pk}/")
    page.get_by_role("tab", name="Text").click()
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
    expect(page.get_by_role("heading", name="What publishing requests/refund.toml would do")).to_be_visible()
    changed = page.get_by_role("row", name="Approve Submitted, In review").locator(".g-sides__cell")
    expect(changed).to_have_text(re.compile("no colleague has claimed it.*then not at all", re.DOTALL))
    expect(page.get_by_text("All 16 tests pass.")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.get_by_label("Why").fill("Money is for administrators.")
    page.get_by_role("button", name="Publish these rules").click()
    expect(page.get_by_text("Version 1 is in force.")).to_be_visible()
    assert policy.active().book(Request, "refund").text == stricter


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
    page.get_by_role("link", name=REFUND).click()
    expect(page.get_by_role("heading", name="What the installed file changed")).to_be_visible()
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.get_by_role("button", name="Make it a draft").click()
    expect(page.get_by_role("heading", name=f"What publishing {REFUND} would do")).to_be_visible()
    expect(page.get_by_role("row", name='3 new title = "Money back"')).to_be_visible()
    assert store.standing().published[REFUND] == stricter
