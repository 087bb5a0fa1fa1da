"""A book changed by hand: what is wrong shows at its line, what it would do before it does it; then it decides."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from gradus import policy
from gradus.accounts.models import User
from gradus.rulebook.books.publishing import follow_what_is_in_force
from gradus.rulebook.models import BookDraft
from tests.platform.rulebook.conftest import in_force, refund, stricter
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
    expect(page.get_by_role("heading", name="What it would do")).to_be_visible()
    expect(page.get_by_role("row", name="approve instructor free -")).to_be_visible()
    expect(page.get_by_text("All 16 tests pass.")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.get_by_label("Why").fill("Money is for administrators.")
    page.get_by_role("button", name="Publish these rules").click()
    expect(page.get_by_text("Version 1 is in force.")).to_be_visible()
    assert policy.active().book(Request, "refund").text == stricter
