"""A process without code, from nothing: an administrator makes it by the form, a student files it, an instructor
decides it, and its limit refuses the second one."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from gradus import flow, policy
from gradus.accounts.models import User
from gradus.flow.automating.tasks import run_due
from gradus.flow.models import AutomationRun
from gradus.notify.models import Notification
from gradus.policy.actions import ActionCall
from tests.browser.test_form_of_a_book import begin, written
from tests.everything import Everything, make_everything
from tests.platform.rulebook.conftest import in_force
from workflows.requests.models import Request

__all__ = ["in_force"]
pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("live", "in_force")]
KIND = "certificate_re_issue"
OFTEN = "You have asked for one within the last 180 days."
SUBJECT, TEXT = "Still waiting: {title}", "Dear {reader}, {kind} “{title}” waits for somebody."


@pytest.fixture
def academy(live: str) -> Everything:
    return make_everything()


@pytest.mark.parametrize("width", [360, 1280])
def test_a_kind_is_made_filed_decided_and_limited(
    academy: Everything, open_page: Callable[..., Page], width: int
) -> None:
    people = academy.people
    page = begin(open_page, people["admin"], width=width)
    _write(page)
    _publish(page)
    student, twice = (open_page(as_=people["student"], width=width) for _ in range(2))
    _fill(twice, academy.course.title)
    _fill(student, academy.course.title)
    _file(student, academy.course.title)
    request = Request.objects.get(kind=KIND)
    assert request.answers["reason"] == "my_name_is_wrong"
    assert request.answers["course"] == academy.course.pk
    _remind(request, people["instructor"])
    _decide(open_page(as_=people["instructor"], width=width), request)
    _follow(student, request)
    _file_again(twice)
    assert Request.objects.filter(kind=KIND).count() == 1
    _is_everywhere(open_page(as_=people["admin"], width=width), request, people["admin"])


def _write(page: Page) -> None:
    """Three fields, four states, one limit and one automation."""
    page.locator("#rf-process-title").fill("Certificate re-issue")
    page.locator("#rf-process-help").fill("Your certificate is lost, or your name on it is wrong.")
    page.get_by_role("button", name="Add a field").click()
    expect(page.locator("#rf-process-fields-new_field-label")).to_be_focused()
    page.keyboard.type("Course")
    page.locator("#rf-process-fields-course-type").select_option(label="Course")
    page.locator("#rf-process-fields-course-required").check()
    page.get_by_role("button", name="Add a field").click()
    expect(page.locator("#rf-process-fields-new_field-label")).to_be_focused()
    page.keyboard.type("Reason")
    page.locator("#rf-process-fields-reason-type").select_option(label="Choice from a list")
    page.locator("#rf-process-fields-reason-choices").fill("I have lost it\nMy name is wrong")
    page.locator("#rf-process-fields-reason-required").check()
    what = page.locator("#rf-process-fields-what")
    what.locator("> summary").click()
    page.locator("#rf-process-fields-what-label").fill("The right name")
    what.get_by_text("More", exact=True).click()
    page.locator("#rf-process-fields-what-when").fill("obj.reason == 'my_name_is_wrong'")
    page.get_by_role("button", name="Add a state").click()
    expect(page.locator("#rf-process-states-new_state-label")).to_be_focused()
    page.keyboard.type("Posted")
    page.get_by_role("button", name="Add a transition").click()
    page.locator("#rf-transitions-new_transition-label").fill("Post it")
    posting = page.locator("#rf-transitions-post_it")
    posting.locator("#rf-transitions-post_it-from").get_by_label("Approved").check()
    posting.locator("#rf-transitions-post_it-from").get_by_label("Submitted").uncheck()
    posting.locator("#rf-transitions-post_it-to").select_option(label="Posted")
    page.locator("#rf-transitions-post_it-instructor").fill("always")
    page.get_by_role("button", name="Add a limit").click()
    page.locator("#rf-limits-0-allow").fill("1")
    page.locator("#rf-limits-0-per").get_by_label("How long").fill("180")
    page.locator("#rf-limits-0-say").fill(OFTEN)
    page.get_by_role("button", name="Add an automation").click()
    page.locator("#rf-automations-0-live").check()
    page.locator("#rf-automations-0-do-0-notify").select_option("role:instructor")
    page.locator("#rf-automations-0-do-0-subject").fill(SUBJECT)
    page.locator("#rf-automations-0-do-0-text").fill(TEXT)
    written(page)
    expect(page.get_by_text("has to be put right")).to_have_count(0)


def _publish(page: Page) -> None:
    page.get_by_role("button", name="Save and look at what it would do").click()
    expect(page.get_by_role("heading", name="What publishing")).to_be_visible()
    page.get_by_label("Why").fill("Students lose certificates.")
    page.get_by_role("button", name="Publish these rules").click()
    expect(page.get_by_text("Published: these rules decide from now on.")).to_be_visible()
    book = policy.active().book(Request, KIND)
    assert book.definition is not None
    assert len(book.definition.fields) == 3
    assert len(book.definition.states) == 4
    assert (len(book.limits), len(book.automations)) == (1, 1)
    [told] = book.automations[0].do
    assert told == ActionCall("notify", "role:instructor", {"subject": SUBJECT, "text": TEXT})


def _fill(page: Page, course: str) -> None:
    page.goto("/requests/new/")
    page.get_by_role("link", name="Certificate re-issue").click()
    page.get_by_label("Title").fill("A new certificate")
    page.locator("[name=text]").fill("It has my old name.")
    page.get_by_label("Course").press_sequentially(course[:6], delay=30)
    page.get_by_role("option", name=course).first.click()
    name = page.get_by_label("The right name")
    page.get_by_label("Reason").select_option(label="I have lost it")
    expect(name).to_be_hidden()
    page.get_by_label("Reason").select_option(label="My name is wrong")
    expect(name).to_be_visible()
    name.fill("Ada Lovelace")


def _file(page: Page, course: str) -> None:
    page.get_by_role("button", name="Send the request").click()
    expect(page.get_by_text("Your request is filed.")).to_be_visible()
    expect(page.get_by_text("Ada Lovelace").first).to_be_visible()
    expect(page.get_by_role("link", name=course).first).to_be_visible()


def _remind(request: Request, instructor: User) -> None:
    """It has stood there for two days: the automation tells instructors, once."""
    later = timezone.now() + timedelta(days=2, minutes=1)
    run_due(later)
    run_due(later)
    mine = AutomationRun.objects.filter(object_id=request.pk, automation__contains=KIND)
    assert [run.outcome for run in mine] == ["acted"]
    [told] = Notification.objects.filter(user=instructor, kind="requests/role/said")
    assert told.title == "Still waiting: A new certificate"
    assert told.body == f"Dear {instructor}, Certificate re-issue “A new certificate” waits for somebody."


def _decide(page: Page, request: Request) -> None:
    page.goto("/admin/requests/")
    page.get_by_role("link", name="A new certificate").click()
    expect(page.get_by_text("Ada Lovelace").first).to_be_visible()
    page.get_by_role("main").get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Approved").first).to_be_visible()
    request.refresh_from_db()
    assert request.state == "approved"


def _follow(page: Page, request: Request) -> None:
    page.goto(request.get_absolute_url())
    expect(page.get_by_text("Approved").first).to_be_visible()
    page.goto("/requests/")
    expect(page.get_by_role("link", name="A new certificate")).to_be_visible()  # it is still to be posted


def _file_again(page: Page) -> None:
    """From a form that was open before the first one was sent."""
    page.get_by_role("button", name="Send the request").click()
    expect(page.get_by_text(OFTEN).first).to_be_visible()
    expect(page.get_by_label("The right name")).to_have_value("Ada Lovelace")  # nothing typed is lost
    page.goto("/requests/new/")
    expect(page.get_by_text(OFTEN)).to_be_visible()


def _is_everywhere(page: Page, request: Request, admin: User) -> None:
    """Matrix, diagram, audit and API know the kind at once."""
    page.goto("/admin/rules/")
    page.get_by_role("link", name=re.compile("Certificate re-issue")).first.click()
    expect(page.get_by_role("row", name=re.compile("Post it")).first).to_be_visible()
    page.get_by_role("link", name="State diagram").click()
    expect(page.locator("svg text").filter(has_text="Posted").first).to_be_visible()
    page.goto(f"/admin/audit/?object={request.pk}")
    expect(page.get_by_role("row", name=re.compile("Approve")).first).to_be_visible()
    client = Client()
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    found = client.get(f"/api/v1/requests/{request.pk}").json()
    assert (found["kind"], found["state_label"]) == (KIND, "Approved")
    assert flow.history(request).done().count() == 2
