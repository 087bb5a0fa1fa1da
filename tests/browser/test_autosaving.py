"""Saving a book while Wagtail is still saving by itself: what was typed last is what is kept."""

import re
import threading
import tomllib
from collections.abc import Callable
from functools import partialmethod
from typing import Any

import pytest
from django.http import HttpResponse
from playwright.sync_api import Page, expect

from gradus.accounts.models import User
from gradus.rulebook.books.publishing import follow_what_is_in_force
from gradus.rulebook.books.viewset import BookEditView
from gradus.rulebook.models import BookDraft
from tests.platform.rulebook.conftest import REFUND, in_force

__all__ = ["in_force"]
pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("live", "in_force")]
SLOW = 3  # seconds it goes on unless it is overtaken; less than the patience of the form
FIRST, LAST = "What was typed first.", "What was typed last."


class SlowAutosave:
    """A save by itself takes long once it has found nothing newer; what somebody saves may overtake it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun, self.asked = threading.Event(), threading.Event()
        self.overtaken, self.saved = threading.Event(), threading.Event()
        self.post = BookEditView.post
        monkeypatch.setattr(BookEditView, "post", partialmethod(_post, self))


def _post(view: BookEditView, slow: SlowAutosave, *args: Any, **kwargs: Any) -> HttpResponse:
    if view.expects_json_response:
        assert not view.is_out_of_date  # it has looked, and does not look again
        slow.begun.set()
        slow.asked.wait()
        if slow.overtaken.wait(SLOW):
            slow.saved.wait()
        return slow.post(view, *args, **kwargs)
    slow.overtaken.set()
    try:
        return slow.post(view, *args, **kwargs)
    finally:
        slow.saved.set()


def test_what_was_typed_last_is_saved_though_a_save_by_itself_is_slow(
    open_page: Callable[..., Page], admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow_what_is_in_force()
    draft = BookDraft.objects.get(file=REFUND)
    page = open_page(as_=admin)
    page.goto(f"/admin/rules/books/edit/{draft.pk}/")
    text, about = page.locator("textarea[name=text]"), page.locator("#rf-process-help")
    slow = SlowAutosave(monkeypatch)
    for number in range(20):  # what is typed before Wagtail has taken its first look is no change to it
        about.fill(f"{FIRST} {number}")
        expect(text).to_have_value(re.compile(f"{FIRST} {number}"))
        if slow.begun.wait(2):
            break
    assert slow.begun.is_set()
    about.fill(LAST)
    expect(text).to_have_value(re.compile(LAST))
    slow.asked.set()
    page.get_by_role("button", name="Save and look at what it would do").click()
    expect(page.get_by_role("heading", name="What publishing Refund would do")).to_be_visible()
    page.goto("about:blank")  # nothing is on its way any more
    page.wait_for_load_state("networkidle")
    draft.refresh_from_db()
    kept = draft.get_latest_revision_as_object().text
    assert tomllib.loads(kept)["process"]["help"] == LAST
