"""Rules are seen by hand: a person searched, an example followed to its reason, the text of a rule opened."""

import pytest
from playwright.sync_api import Page, expect

from gradus import flow
from gradus.accounts.models import User
from tests.browser.conftest import SignIn
from workflows.requests.models import Request

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("live")]


def test_from_a_person_to_the_reason(
    page: Page, live: str, sign_in: SignIn, admin: User, instructor: User, student: User
) -> None:
    filed = flow.create(
        Request, "submit", by=student, kind="feature", title="A darker night", text="Please.", area="courses"
    )
    sign_in(page, admin)
    page.goto(f"{live}/admin/rules/person/")
    page.get_by_label("Person").fill("iv")
    page.get_by_role("option", name="Ivo").click()
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", name="What Ivo may do")).to_be_visible()
    page.get_by_role("region", name="Feature request").get_by_role("link", name="A darker night").first.click()
    expect(page.get_by_text("Ivo may do this now: Claim")).to_be_visible()
    page.get_by_label("Person").fill("ad")
    page.get_by_role("option", name="Ada").click()
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("Ada may not do this now: Claim")).to_be_visible()
    assert f"object={filed.pk}" in page.url
    page.get_by_role("link", name="Who may do what").click()
    rule = page.get_by_role("group").filter(has_text="nobody has claimed it").first
    expect(rule.get_by_text("unclaimed", exact=True)).to_be_hidden()
    rule.get_by_text("nobody has claimed it").click()
    expect(rule.get_by_text("unclaimed", exact=True)).to_be_visible()


def test_the_matrix_prints_alone_and_light(page: Page, live: str, sign_in: SignIn, admin: User) -> None:
    sign_in(page, admin)
    page.emulate_media(color_scheme="dark", media="print")
    page.goto(f"{live}/admin/rules/matrix/requests.request.refund/")
    expect(page.get_by_role("navigation", name="This process")).to_be_hidden()
    expect(page.locator(".rb-printed")).to_have_text("Who may do what: Refund")
    expect(page.locator(".rb-printed")).to_be_visible()
    expect(page.get_by_text("nobody has claimed it").first).to_be_visible()
    expect(page.get_by_text("obj.reviewer is None", exact=True)).to_be_visible()  # what a name stands for
    assert page.evaluate("getComputedStyle(document.querySelector('.rb-matrix')).overflowX") == "visible"
    ground = page.evaluate("getComputedStyle(document.querySelector('.rb-matrix')).backgroundColor")
    assert ground == "rgb(255, 255, 255)"


def test_what_a_person_may_do_prints_whole(page: Page, live: str, sign_in: SignIn, admin: User, student: User) -> None:
    sign_in(page, admin)
    page.emulate_media(color_scheme="dark", media="print")
    page.goto(f"{live}/admin/rules/person/?person={student.pk}")
    expect(page.locator(".rb-printed")).to_have_text(f"What {student} may do")
    expect(page.locator(".rb-printed")).to_be_visible()
    expect(page.get_by_role("form", name="What to look at")).to_be_hidden()
    refund = page.get_by_role("region", name="Refund")
    expect(refund.get_by_text("Send the request")).to_be_visible()
    expect(refund.get_by_text("Approve", exact=True)).to_be_visible()  # and why not the rest
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") in {
        "rgb(255, 255, 255)",
        "rgba(0, 0, 0, 0)",
    }
    assert page.evaluate("getComputedStyle(document.querySelector('.rb-may')).color") == "rgb(22, 33, 30)"
