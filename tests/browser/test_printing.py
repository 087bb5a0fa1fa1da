"""What stands on paper: dark on white whatever the theme, dates instead of "3 minutes ago", nothing to press."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from gradus import flow
from gradus.accounts.models import User
from workflows.requests.models import Request

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.fixture
def filed(student: User) -> Request:
    return flow.create(Request, "submit", by=student, kind="bug", title="White page", text="x", severity="minor")


def printed(page: Page, address: str) -> None:
    page.emulate_media(media="print", color_scheme="dark")
    page.goto(address)


def colour(locator: Locator, name: str) -> str:
    return str(locator.evaluate(f"one => getComputedStyle(one).{name}"))


def test_the_back_office_prints_dark_on_white_from_the_dark(
    open_page: Callable[..., Page], filed: Request, instructor: User
) -> None:
    page = open_page(theme="dark", as_=instructor)
    printed(page, f"/admin/requests/{filed.pk}/")
    assert colour(page.locator("html"), "backgroundColor") == "rgb(255, 255, 255)"
    assert colour(page.get_by_role("heading", name="What happened"), "color") == "rgb(22, 33, 30)"
    expect(page.locator(".g-admin-bell")).to_be_hidden()
    expect(page.get_by_text("What you can do")).to_be_hidden()
    expect(page.get_by_text(f"No. {filed.pk}")).to_be_visible()


@pytest.mark.parametrize(("address", "who"), [("/requests/{}/", "student"), ("/admin/requests/{}/", "instructor")])
def test_a_moment_is_printed_as_its_date(
    open_page: Callable[..., Page], request: pytest.FixtureRequest, filed: Request, address: str, who: str
) -> None:
    page = open_page(as_=request.getfixturevalue(who))
    printed(page, address.format(filed.pk))
    moment = page.locator("time").first
    assert colour(moment, "fontSize") == "0px"
    written = moment.evaluate("one => getComputedStyle(one, '::after').content")
    assert written == f'"{moment.get_attribute("title")}"'


def test_a_printed_request_says_whose_it_is_and_its_number(
    open_page: Callable[..., Page], filed: Request, student: User
) -> None:
    page = open_page(as_=student)
    page.goto(f"/requests/{filed.pk}/")
    expect(page.get_by_text(f"No. {filed.pk}")).to_be_visible()
    name = page.locator("header.g-head").get_by_text(str(student))
    expect(name).to_be_hidden()
    page.emulate_media(media="print")
    expect(name).to_be_visible()
    expect(page.get_by_text(f"No. {filed.pk}")).to_be_visible()


@pytest.mark.parametrize("address", ["/admin/requests/{}/", "/admin/account/"])
def test_on_a_phone_the_frame_clips_nothing(
    open_page: Callable[..., Page], student: User, instructor: User, address: str
) -> None:
    title = "The player forgets where I was on my phone and on every other one"
    filed = flow.create(Request, "submit", by=student, kind="bug", title=title, text="x", severity="minor")
    page = open_page(width=360, as_=instructor)
    page.goto(address.format(filed.pk))
    name = page.locator(".w-breadcrumbs li:last-child > *").bounding_box()
    assert name
    assert name["height"] < 40
    left_out = "[...document.querySelectorAll('main svg')].map(one => one.getBoundingClientRect())"
    assert page.evaluate(f"{left_out}.filter(box => box.width && box.left < 0).length") == 0
