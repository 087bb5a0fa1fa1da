"""Deciding with the keyboard alone: the focus is always seen, goes in order, and Escape closes what is open."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from gradus import flow
from gradus.accounts.models import User
from tests.browser.conftest import Theme
from workflows.requests.models import Request

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
OpenPage = Callable[..., Page]

# What has the focus: its words, where it stands, and whether one sees that it has it.
FOCUSED = """async () => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  await Promise.allSettled(at.getAnimations().map((each) => each.finished));
  const shown = at.matches("input[type=checkbox], input[type=radio]") ? at.closest("label") || at : at;
  const style = getComputedStyle(at), box = shown.getBoundingClientRect();
  const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
  const names = [at.getAttribute("aria-label"), at.labels?.[0]?.innerText, at.innerText, at.value, at.id];
  const name = names.find((each) => each && each.trim()) || at.outerHTML.slice(0, 80);
  return {
    name: name.trim().split("\\n")[0], tag: at.tagName, seen: (ring || style.boxShadow !== "none"),
    inside: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth && box.width > 0,
  };
}"""


@pytest.fixture
def asked(student: User, instructor: User) -> Request:
    request = flow.create(
        Request, "submit", by=student, kind="bug", title="The page stays white", text="Today.", severity="minor"
    )
    return flow.apply(flow.apply(request, "claim", by=instructor), "ask", by=instructor, note="Which browser?")


def walk(page: Page, *, most: int = 60) -> Iterator[str]:
    """Press Tab until the focus leaves the page; the name of each stop, which has to be seen."""
    for _step in range(most):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUSED)
        if at is None:
            return
        assert at["inside"], f"{at} is outside of what is seen"
        assert at["seen"], f"{at} does not show that it has the focus"
        yield at["name"]
    raise AssertionError("the focus does not come to an end")


def tab_to(page: Page, name: str) -> None:
    if not any(each.startswith(name) for each in walk(page)):
        raise AssertionError(f"{name} cannot be reached with Tab")


@pytest.mark.parametrize(("width", "theme"), [(360, "dark"), (1280, "light")])
def test_a_student_answers_with_the_keyboard(
    open_page: OpenPage, asked: Request, student: User, width: int, theme: Theme
) -> None:
    page = open_page(width=width, theme=theme, as_=student)
    page.goto(f"/requests/{asked.pk}/")
    order = list(walk(page))
    assert order[0] == "Skip to the content"
    assert [name for name in order if name in {"Answer", "Your answer", "Withdraw"}] == [
        "Answer", "Your answer", "Answer", "Withdraw",
    ]  # fmt: skip
    page.goto(f"/requests/{asked.pk}/")
    tab_to(page, "Your answer")
    page.keyboard.type("All of them.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("[data-flow-panel]")).to_contain_text("In review")
    assert flow.history(asked).done().last().note == "All of them."  # type: ignore[union-attr]


def test_what_opens_a_form_differs_from_what_sends_it(open_page: OpenPage, asked: Request, student: User) -> None:
    page = open_page(as_=student)
    page.goto(f"/requests/{asked.pk}/")
    toggle, send = page.locator("summary.g-button", has_text="Answer"), page.get_by_role("button", name="Answer").last
    colour = "(element) => getComputedStyle(element).backgroundColor"
    assert toggle.evaluate(colour) != send.evaluate(colour)
    expect(toggle.locator(".g-icon")).to_have_css("rotate", "180deg")
    toggle.click()
    expect(toggle.locator(".g-icon")).to_have_css("rotate", "none")


@pytest.mark.parametrize(("width", "theme"), [(360, "dark"), (1280, "light")])
def test_an_instructor_decides_on_the_request_page(
    open_page: OpenPage, asked: Request, student: User, instructor: User, width: int, theme: Theme
) -> None:
    flow.apply(asked, "answer", by=student, note="All of them.")
    page = open_page(width=width, theme=theme, as_=instructor)
    page.goto(f"/requests/{asked.pk}/")
    tab_to(page, "Decline")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("It is the ad blocker.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("[data-flow-panel]")).to_contain_text("Not a bug")
    asked.refresh_from_db()
    assert asked.state == "rejected"


@pytest.mark.parametrize(("width", "theme"), [(360, "light"), (1280, "dark")])
def test_an_instructor_decides_in_the_workbench(
    open_page: OpenPage, asked: Request, student: User, instructor: User, width: int, theme: Theme
) -> None:
    flow.apply(asked, "answer", by=student, note="All of them.")
    page = open_page(width=width, theme=theme, as_=instructor)
    page.goto(f"/admin/requests/{asked.pk}/")
    moves = {"Release", "Ask back", "Confirm", "Decline"}
    assert [name for name in walk(page) if name in moves] == ["Release", "Ask back", "Confirm", "Decline"]
    page.goto(f"/admin/requests/{asked.pk}/")
    tab_to(page, "Decline")
    page.keyboard.press("Enter")
    page.wait_for_url("**/reject/")
    tab_to(page, "Why not, and what would help")
    page.keyboard.type("It is the ad blocker.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/admin/requests/{asked.pk}/")
    asked.refresh_from_db()
    assert asked.state == "rejected"


@pytest.mark.parametrize("script", [True, False])
def test_a_form_that_comes_back_begins_with_what_is_wrong(open_page: OpenPage, student: User, script: bool) -> None:
    page = open_page(as_=student, script=script)
    page.goto("/requests/new/refund/")
    page.get_by_role("button", name="Send the request").click()
    summary = page.locator(".g-errors")
    expect(summary).to_contain_text("4 things need your attention")
    expect(summary.locator("li")).to_have_count(4)
    if script:
        expect(summary).to_be_focused()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_label("Title")).to_be_focused()


def test_escape_closes_a_menu_and_gives_the_focus_back(open_page: OpenPage, asked: Request, student: User) -> None:
    page = open_page(width=360, as_=student)
    page.goto(f"/requests/{asked.pk}/")
    menus = page.locator("details.g-menu")
    for number in range(menus.count()):
        menu = menus.nth(number)
        menu.locator("summary").focus()
        page.keyboard.press("Enter")
        expect(menu).to_have_attribute("open", "")
        page.keyboard.press("Tab")
        page.keyboard.press("Escape")
        expect(menu).not_to_have_attribute("open", "")
        expect(menu.locator("summary")).to_be_focused()
    assert menus.count() > 0
