"""Tab goes through a page as people do who have no mouse: in order, seen, never stuck, nothing left out."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.test_pages import Look, at
from tests.cms.conftest import private_files
from tests.everything import Everything, make_everything

__all__ = ["private_files"]

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("live")]
OpenPage = Callable[..., Page]
MOST = 150  # presses; more than any of these pages needs
INSIDE_ONE = 30  # presses within one element: a player has controls of its own
PAGES: dict[str, tuple[str, Look]] = {
    "home": ("", at("/")),
    "courses": ("", at("/courses/")),
    "course": ("student", lambda everything: everything.course.url),
    "lesson": ("student", lambda everything: everything.film.url),
    "login": ("", at("/accounts/login/")),
    "notifications": ("student", at("/notifications/")),
    "request": ("student", lambda everything: f"/requests/{everything.requests['needs_answer'].pk}/"),
    "not-there": ("", at("/nothing-here/")),
}
# What is to be reached: a group of radio buttons is one stop, and what is closed away is none.
STOPS = """() => {
    const groups = new Set();
    return [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, video")]
        .filter((one) => one.checkVisibility({visibilityProperty: true}) && !one.disabled && one.tabIndex >= 0)
        .filter((one) => one.type !== "radio" || (!groups.has(one.name) && groups.add(one.name)))
        .map((one) => { one.dataset.stop = ""; return one.outerHTML.slice(0, 90); });
}"""
HERE = """async () => {
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
    const one = document.activeElement;
    if (!one || one === document.body) return null;
    await Promise.all(one.getAnimations().map((animation) => animation.finished));
    const style = getComputedStyle(one), box = one.getBoundingClientRect();
    const x = Math.min(Math.max(box.x + Math.min(box.width / 2, 8), 0), innerWidth - 1);
    const y = Math.min(Math.max(box.y + box.height / 2, 0), innerHeight - 1);
    const top = document.elementFromPoint(x, y);
    const known = window.visited ?? (window.visited = []);
    const last = known.at(-1), again = last === one;
    const follows = !last || again || Boolean(last.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING);
    if (!again) known.push(one);
    const group = one.closest("label, li, .g-card") ?? one;
    const marked = [one, group].some((each) => {
        const its = getComputedStyle(each);
        return (its.outlineStyle !== "none" && parseFloat(its.outlineWidth) >= 2) || its.boxShadow.includes("inset");
    });
    return {
        what: one.outerHTML.slice(0, 90), again, follows, marked,
        seen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight,
        covered: Boolean(top) && !top.matches(".g-skip") && !group.contains(top) && !top.contains(one),
    };
}"""


@pytest.fixture
def everything(live: str) -> Everything:
    return make_everything()


def walk(page: Page) -> tuple[list[dict[str, Any]], list[str]]:
    """Every stop on the way from the address bar to the end of the page, and what is wrong with them."""
    stops: list[dict[str, Any]] = []
    wrong: list[str] = []
    stuck = 0
    for _ in range(MOST):
        page.keyboard.press("Tab")
        here = page.evaluate(HERE)
        if here is None or (stops and not here["again"] and here["what"] == stops[0]["what"]):
            return stops, wrong
        stuck = stuck + 1 if here["again"] else 0
        if stuck > INSIDE_ONE:
            return stops, [*wrong, f"the keyboard is trapped in {here['what']}"]
        if not here["again"]:
            stops.append(here)
        wrong += [f"{words}: {here['what']}" for words in faults(here)]
    return stops, [*wrong, "the page has no end"]


def faults(here: dict[str, Any]) -> list[str]:
    said = {"follows": "out of order", "marked": "focus is not seen", "seen": "out of sight"}
    found = [words for name, words in said.items() if not here[name]]
    return [*found, "something lies over it"] if here["covered"] else found


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("name", PAGES)
def test_tab_goes_through_a_page_in_order(everything: Everything, open_page: OpenPage, name: str, width: int) -> None:
    who, look = PAGES[name]
    page = open_page(as_=everything.people.get(who), width=width)
    page.goto(look(everything))
    wanted = page.evaluate(STOPS)

    stops, wrong = walk(page)

    assert not wrong, "\n".join(dict.fromkeys(wrong))
    assert 'href="#main"' in stops[0]["what"], "the first stop leads past the menu"
    missed = page.evaluate(
        "[...document.querySelectorAll('[data-stop]')].filter((one) => !visited.includes(one)).length"
    )
    assert not missed, f"{missed} of {len(wanted)} are not reached: {wanted}"


def test_the_skip_link_leads_past_the_menu(everything: Everything, open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/courses/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
