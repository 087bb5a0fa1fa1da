"""Charts are drawn from the installed package alone, follow the theme and the window, and lead to the people behind."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

import analytics.dashboards.views  # noqa: F401  (the first reader waits for pandas: not here)
from gradus.accounts.models import User
from tests.analytics.conftest import (
    Academy,
    academy,
    catalogue,
    clock,
    empty_academy,
    make_course,
    make_lesson,
    make_video,
    people,
    private_files,
    site,
)

__all__ = [
    "academy",
    "catalogue",
    "clock",
    "empty_academy",
    "make_course",
    "make_lesson",
    "make_video",
    "people",
    "private_files",
    "site",
]
# The server first: it fills the database that the academy is built in.
pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("live")]
LEARN_RATE = "/admin/analytics/"
MONTHS = "Jan Feb Mär Apr Mai Jun Jul Aug Sep Okt Nov Dez"
OpenPage = Callable[..., Page]


def drawn(page: Page, address: str = LEARN_RATE) -> Page:
    page.goto(address)
    expect(page.locator("[data-drawn]")).to_have_count(3)
    return page


def test_axe_finds_nothing_and_nothing_overflows(
    live: str,
    analyst: User,
    academy: Academy,
    people: dict[str, User],
    visit_both_themes_and_sizes: Callable[..., None],
) -> None:
    for address in (LEARN_RATE, f"{LEARN_RATE}students/?bin=2", f"{LEARN_RATE}students/{people['Ben'].pk}/"):
        visit_both_themes_and_sizes(address, as_=analyst)


def test_an_academy_without_students_can_be_read_too(
    analyst: User, empty_academy: Academy, visit_both_themes_and_sizes: Callable[..., None]
) -> None:
    visit_both_themes_and_sizes(LEARN_RATE, as_=analyst, name="admin-analytics-empty")


def test_no_request_leaves_the_origin(open_page: OpenPage, live: str, analyst: User, academy: Academy) -> None:
    page, requested = open_page(as_=analyst), []
    page.on("request", lambda request: requested.append(request.url))
    drawn(page)
    with page.expect_download() as download:
        page.locator("[data-chart-image=courses]").click()
    assert download.value.suggested_filename == "learn-rate-courses.png"
    assert any(url.endswith("plotly.min.js") for url in requested)
    assert [url for url in requested if not url.startswith((live, "data:", "blob:"))] == []


def test_there_is_no_button_that_sends_a_chart_away(open_page: OpenPage, analyst: User, academy: Academy) -> None:
    page = drawn(open_page(as_=analyst))
    page.locator("#courses-chart").hover()
    assert page.locator(".modebar-btn, .plotlyjsicon, [data-title*=hare]").count() == 0


def test_a_chart_follows_the_theme(open_page: OpenPage, analyst: User, academy: Academy) -> None:
    page = drawn(open_page(as_=analyst, theme="light"))
    bar = page.locator("#courses .point path").first
    expect(bar).to_have_css("fill", "rgb(15, 92, 74)")
    page.emulate_media(color_scheme="dark")
    expect(bar).to_have_css("fill", "rgb(127, 208, 178)")


def test_a_chart_follows_the_window(open_page: OpenPage, analyst: User, academy: Academy) -> None:
    page = drawn(open_page(as_=analyst))
    page.set_viewport_size({"width": 360, "height": 800})
    expect(page.locator("#weeks-chart .main-svg").first).to_have_attribute("width", re.compile(r"^[123]\d\d(\.\d+)?$"))
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_bar_leads_to_its_students(open_page: OpenPage, analyst: User, academy: Academy) -> None:
    page = drawn(open_page(as_=analyst))
    page.locator("#courses .point path").first.click(force=True)
    page.wait_for_url(re.compile(r"/admin/analytics/students/\?course="))
    expect(page.get_by_role("link", name="Ben")).to_be_visible()


def test_a_chart_that_cannot_be_drawn_points_to_its_table(
    open_page: OpenPage, analyst: User, academy: Academy, complaints: list[str]
) -> None:
    page = open_page(as_=analyst)
    page.route("**/plotly.min.js", lambda route: route.abort())
    page.goto(LEARN_RATE)
    expect(page.get_by_text("The chart could not be drawn").first).to_be_visible()
    expect(page.get_by_role("link", name="Pricing")).to_be_visible()
    complaints.clear()


def test_pages_without_charts_do_not_load_the_script(open_page: OpenPage, analyst: User, academy: Academy) -> None:
    page: Any = open_page(as_=analyst)
    page.goto(f"{LEARN_RATE}students/")
    assert page.locator("script[src*=plotly]").count() == 0


def test_charts_speak_the_readers_language(open_page: OpenPage, analyst: User, academy: Academy) -> None:
    User.objects.filter(pk=analyst.pk).update(language="de")
    page = drawn(open_page(as_=analyst))
    assert re.fullmatch(r"\d+,\d\s%", page.locator(".bartext").first.text_content() or "")
    weeks = page.locator("#weeks-chart")
    assert weeks.evaluate("chart => chart._fullLayout.separators") == ",."
    days = " ".join(weeks.locator(".xtick text").all_text_contents())
    assert set(re.findall(r"[A-Za-zä]{3,}", days)) <= set(MONTHS.split()), days


def test_the_select_of_courses_has_its_arrow(open_page: OpenPage, analyst: User, academy: Academy) -> None:
    page = open_page(as_=analyst)
    page.goto(LEARN_RATE)
    arrow = page.locator(".an-field select").evaluate("one => getComputedStyle(one).backgroundImage")
    assert "gradient" in arrow
