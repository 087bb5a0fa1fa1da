"""From nothing to a refusal: a kind nobody has programmed is made in the form, filed, decided, and limited."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from gradus.accounts.models import User
from gradus.flow.automating import tasks
from gradus.flow.models import AutomationRun
from gradus.notify.models import Notification
from tests.browser.test_the_loop import let_the_worker_work
from tests.platform.rulebook.conftest import in_force
from workflows.requests.models import Request

__all__ = ["in_force"]
pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("live", "in_force")]
KIND = "certificate_re_issue"
ONCE = "You had one this half-year."


def test_from_an_empty_form_to_the_second_that_is_refused(
    open_page: Callable[..., Page], admin: User, student: User, instructor: User
) -> None:
    make(open_page(as_=admin))
    mine = open_page(as_=student)
    file(mine)
    made = Request.objects.get()
    assert (made.kind, made.state) == (KIND, "submitted")
    assert made.answers == {"what": "It was in the cellar.", "which_certificate": "silver", "lost_on": "2026-03-01"}
    let_the_worker_work()
    assert Notification.objects.filter(user=instructor).exists()
    tasks.run_due(timezone.now() + timedelta(days=3))
    assert [run.outcome for run in AutomationRun.objects.all()] == ["acted"]
    decide(open_page(as_=instructor), made)
    let_the_worker_work()
    assert Notification.objects.filter(user=student, kind="requests/approved").exists()
    mine.goto(made.get_absolute_url())
    expect(mine.get_by_role("main")).to_contain_text("Approved")
    mine.goto("/requests/new/")
    expect(mine.get_by_role("listitem").filter(has_text="Certificate re-issue")).to_contain_text(ONCE)
    mine.goto(f"/requests/new/{KIND}/")
    expect(mine.get_by_role("main")).to_contain_text(ONCE)
    expect(mine.get_by_role("button", name="Send the request")).to_have_count(0)
    assert Request.objects.count() == 1


def make(page: Page) -> None:
    """Three fields, four states, one limit and one automation; published."""
    page.goto("/admin/rules/books/add/")
    page.locator("#rf-process-title").fill("Certificate re-issue")
    for label, kind in (("Which certificate?", "Choice from a list"), ("Lost on", "Date")):
        page.get_by_role("button", name="Add a field").click()
        expect(page.locator("#rf-process-fields-new_field-label")).to_be_focused()
        page.keyboard.type(label)
        name = label.lower().rstrip("?").replace(" ", "_")
        page.locator(f"#rf-process-fields-{name}-type").select_option(label=kind)
    page.locator("#rf-process-fields-which_certificate-choices").fill("Bronze\nSilver\nGold")
    page.get_by_role("button", name="Add a state").click()
    expect(page.locator("#rf-process-states-new_state-label")).to_be_focused()
    page.keyboard.type("Printed")
    page.get_by_role("button", name="Add a transition").click()
    page.locator("#rf-transitions-new_transition-label").fill("Print it")
    printing = page.locator("#rf-transitions-print_it")
    printing.locator("#rf-transitions-print_it-from").get_by_label("Approved").check()
    printing.locator("#rf-transitions-print_it-from").get_by_label("Submitted").uncheck()
    printing.locator("#rf-transitions-print_it-to").select_option(label="Printed")
    page.locator("#rf-transitions-print_it-instructor").fill("always")
    page.get_by_role("button", name="Add a limit").click()
    page.locator("#rf-limits-0-per").get_by_label("How long").fill("180")
    page.locator("#rf-limits-0-say").fill(ONCE)
    page.get_by_role("button", name="Add an automation").click()
    page.locator("#rf-automations-0-live").check()
    page.get_by_role("button", name="Save and look at what it would do").click()
    expect(page.get_by_role("heading", name=f"What publishing requests/{KIND}.toml would do")).to_be_visible()
    page.get_by_label("Why").fill("Students lose certificates.")
    page.get_by_role("button", name="Publish these rules").click()
    expect(page.get_by_text("Version 1 is in force.")).to_be_visible()


def file(page: Page) -> None:
    page.goto("/requests/new/")
    page.get_by_role("link", name="Certificate re-issue").click()
    page.get_by_label("Title").fill("Lost")
    page.get_by_label("What you ask for").fill("Another one, please.")
    page.get_by_label("What is it about?").fill("It was in the cellar.")
    page.get_by_label("Which certificate?").select_option(label="Silver")
    page.get_by_label("Lost on").fill("2026-03-01")
    page.get_by_role("button", name="Send the request").click()
    page.wait_for_url(lambda url: "/new/" not in url)


def decide(page: Page, made: Request) -> None:
    page.goto("/admin/requests/")
    page.get_by_role("link", name=made.title).click()
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.get_by_role("main").get_by_text("Approved").first).to_be_visible()
