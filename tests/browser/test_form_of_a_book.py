"""A new kind of request written by the form alone: what is done in the form stands in the text, and nothing is lost."""

import re
import tomllib
from collections.abc import Callable
from typing import Any, get_args

import pytest
from playwright.sync_api import Page, Route, expect

from gradus.accounts.models import User
from gradus.policy.ruleset import load_texts
from gradus.rulebook.books.publishing import follow_what_is_in_force
from gradus.rulebook.models import BookDraft
from tests.browser.accessibility import axe
from tests.browser.conftest import WIDTHS, Theme
from tests.platform.rulebook.conftest import REFUND, in_force, refund

__all__ = ["in_force", "refund"]
pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("live", "in_force")]
ADD = "/admin/rules/books/add/"


def said(page: Page) -> dict[str, Any]:
    """What the text says now."""
    return tomllib.loads(page.locator("textarea[name=text]").input_value())


def written(page: Page) -> None:
    """Everything that was done stands in the text."""
    expect(page.locator("[data-rules-status]")).to_have_text(re.compile("In the text|put right|^$"))


def begin(open_page: Callable[..., Page], admin: User, **options: Any) -> Page:
    page = open_page(as_=admin, **options)
    page.goto(ADD)
    expect(page.locator("#rf-section-fields")).to_be_visible()
    return page


def unfold(page: Page, place: str) -> Any:
    box = page.locator(f"#rf-{place}")
    if box.get_attribute("open") is None:
        box.locator("> summary").click()
    return box


@pytest.mark.parametrize("width", WIDTHS)
def test_a_new_kind_is_made_by_the_form_alone(open_page: Callable[..., Page], admin: User, width: int) -> None:
    page = begin(open_page, admin, width=width)
    page.locator("#rf-process-title").fill("Certificate re-issue")
    page.get_by_role("button", name="Add a field").click()
    label = page.locator("#rf-process-fields-new_field-label")
    expect(label).to_be_focused()
    page.keyboard.type("Which certificate?")  # in the place of what stood there
    page.locator("#rf-process-fields-which_certificate-type").select_option(label="Choice from a list")
    page.locator("#rf-process-fields-which_certificate-choices").fill("Bronze\nSilver\nGold")
    page.locator("#rf-process-fields-which_certificate-required").check()
    page.get_by_role("button", name="Add a state").click()
    expect(page.locator("#rf-process-states-new_state-label")).to_be_focused()
    page.keyboard.type("Printed")
    page.locator("#rf-process-states-printed-tone").select_option(label="Good")
    expect(page.locator("#rf-process-states-printed .g-badge--success")).to_have_text("Printed")
    page.get_by_role("button", name="Add a transition").click()
    page.locator("#rf-transitions-new_transition-label").fill("Print it")
    printing = page.locator("#rf-transitions-print_it")
    printing.locator("#rf-transitions-print_it-from").get_by_label("Approved").check()
    printing.locator("#rf-transitions-print_it-from").get_by_label("Submitted").uncheck()
    printing.locator("#rf-transitions-print_it-to").select_option(label="Printed")
    who = page.locator("#rf-transitions-print_it-instructor")
    who.fill("not ow")
    page.get_by_role("option", name="own it is your own request").click()
    expect(who).to_have_value("not own")
    page.get_by_role("button", name="Add a limit").click()
    page.locator("#rf-limits-0-allow").fill("1")
    page.locator("#rf-limits-0-per").get_by_label("How long").fill("180")
    page.get_by_role("button", name="Add an automation").click()
    when = page.locator("#rf-automations-0-when")
    when.get_by_label("When").select_option(label="when somebody did this")
    when.get_by_label("Transition").select_option(label="Approve")
    written(page)
    expect(page.get_by_role("textbox", name="File")).to_have_value("requests/certificate_re_issue.toml")
    book = said(page)
    assert book["process"]["name"] == "requests.certificate_re_issue"
    assert book["process"]["fields"]["which_certificate"] == {
        "type": "choice", "label": "Which certificate?", "required": True,
        "choices": {"bronze": "Bronze", "silver": "Silver", "gold": "Gold"},
    }  # fmt: skip
    assert book["process"]["states"]["printed"] == {"label": "Printed", "tone": "success"}
    made = book["transitions"]["print_it"]
    assert (made["from"], made["to"], made["instructor"]) == (["approved"], "printed", "not own")
    assert (book["limits"][0]["allow"], book["limits"][0]["per"]) == (1, "180 days")
    assert book["automations"][0]["on"] == "approve"
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.get_by_role("button", name="Save and look at what it would do").click()
    heading = "What publishing Certificate re-issue would do"
    expect(page.get_by_role("heading", name=heading)).to_be_visible()
    draft = BookDraft.objects.get(file="requests/certificate_re_issue.toml").get_latest_revision_as_object()
    assert tomllib.loads(draft.text) == book
    load_texts({draft.file: draft.text})


def test_a_broken_text_shows_where_and_a_mistake_shows_at_its_input(
    open_page: Callable[..., Page], admin: User
) -> None:
    page = begin(open_page, admin)
    text = page.locator("textarea[name=text]")
    good = text.input_value()
    page.get_by_role("tab", name="Text").click()
    text.fill(good.replace("[process.states]", "[process.states"))
    page.get_by_role("tab", name="Form").click()
    expect(page.get_by_text(re.compile(r"Line \d+ of the text cannot be read"))).to_be_visible()
    page.get_by_role("button", name="Go to this line").click()
    expect(text).to_be_focused()
    assert text.evaluate("box => box.value.slice(box.selectionStart, box.selectionEnd)") == "[process.states"
    text.fill(good)
    page.get_by_role("tab", name="Form").click()
    unfold(page, "conditions-own")
    condition = page.locator("#rf-conditions-own-if")
    condition.fill("obj.autor == user")
    condition.blur()
    wrong = page.locator("#rf-conditions-own-if-wrong")
    expect(wrong).to_contain_text("did you mean obj.author?")
    expect(condition).to_have_attribute("aria-invalid", "true")
    expect(condition).to_have_attribute("aria-describedby", "rf-conditions-own-if-wrong")
    page.get_by_role("link", name="Conditions / own / Holds when").click()
    expect(condition).to_be_focused()
    page.get_by_role("button", name="Undo").click()
    expect(wrong).to_have_count(0)
    assert said(page)["conditions"]["own"]["if"] == "obj.author == user"
    condition.press("Control+Shift+z")
    expect(condition).to_have_value("obj.autor == user")
    condition.press("Control+z")
    expect(condition).to_have_value("obj.author == user")
    assert text.input_value() == good


def test_what_has_to_be_put_right_is_open_and_comes_first(
    open_page: Callable[..., Page], admin: User, refund: str
) -> None:
    follow_what_is_in_force()
    book = BookDraft.objects.get(file=REFUND)
    book.text = refund.replace('reviewer = "claimed_by"', 'reviewer = "claimer"')
    book.save_revision(user=admin)
    page = open_page(as_=admin)
    page.goto(f"/admin/rules/review/{book.pk}/")
    page.get_by_role("link", name="What conditions can read / obj.reviewer").click()
    expect(page.locator("#rf-fields-reviewer-name")).to_be_focused()
    page.goto(f"/admin/rules/books/edit/{book.pk}/")
    expect(page.locator(".rf-notice a").first).to_be_visible()
    expect(page.locator(".rf-wrong").first).to_be_visible()  # nothing was unfolded by hand
    first = page.locator("[data-rules-form] a, [data-rules-form] input, [data-rules-form] summary").first
    assert first.evaluate("each => each.closest('.rf-notice') !== null")


def test_what_is_typed_stays_where_it_is_typed(open_page: Callable[..., Page], admin: User) -> None:
    page = begin(open_page, admin)
    unfold(page, "process-fields-what")
    label = page.locator("#rf-process-fields-what-help")
    label.click()
    page.keyboard.type("First")
    expect(page.locator("[data-rules-status]")).to_have_text("In the text")
    scrolled = page.evaluate("document.querySelector('main, #main')?.scrollTop ?? scrollY")
    page.keyboard.press("Home")
    page.keyboard.type("At ")
    expect(page.locator("textarea[name=text]")).to_have_value(re.compile('"At First"'))
    expect(label).to_be_focused()
    assert label.evaluate("box => box.selectionStart") == 3
    assert page.evaluate("document.querySelector('main, #main')?.scrollTop ?? scrollY") == scrolled


def test_what_cannot_be_sent_is_said_and_kept_and_saving_waits(
    open_page: Callable[..., Page], admin: User, complaints: list[str]
) -> None:
    page = begin(open_page, admin)
    down = True

    def answer(route: Route) -> None:
        if down:
            route.abort()
        else:
            route.continue_()

    page.route("**/rules/form/change/", answer)
    page.locator("#rf-process-title").fill("Lost key")
    page.locator("#rf-process-help").fill("You have lost it.")
    expect(page.get_by_text("could not be sent")).to_be_visible()
    expect(page.locator("#rf-process-title")).to_have_value("Lost key")
    down = False
    complaints[:] = [each for each in complaints if "net::ERR_FAILED" not in each]
    page.get_by_role("button", name="Save and look at what it would do").click()
    expect(page.get_by_role("heading", name="What publishing Lost key would do")).to_be_visible()
    text = BookDraft.objects.get(file="requests/lost_key.toml").get_latest_revision_as_object().text
    assert tomllib.loads(text)["process"]["help"] == "You have lost it."


def test_a_field_is_added_and_moved_by_the_keyboard_alone(open_page: Callable[..., Page], admin: User) -> None:
    page = begin(open_page, admin)
    page.get_by_role("tab", name="Form").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Text")).to_be_focused()
    expect(page.locator("textarea[name=text]")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#rf-process-title")).to_be_visible()
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "rf-process-fields-add":
            break
    page.keyboard.press("Enter")
    expect(page.locator("#rf-process-fields-new_field-label")).to_be_focused()
    page.keyboard.type("Your number")
    page.keyboard.press("Tab")
    expect(page.locator("#rf-process-fields-your_number-type")).to_be_focused()
    page.keyboard.press("N")
    expect(page.locator("#rf-process-fields-your_number-type")).to_have_value("number")
    page.locator("#rf-process-fields-your_number-up").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#rf-process-fields-your_number-down")).to_be_focused()  # it stands first: there is no up
    assert list(said(page)["process"]["fields"]) == ["your_number", "what"]
    assert said(page)["process"]["fields"]["your_number"] == {"type": "number", "label": "Your number"}
    unfold(page, "conditions-own")
    page.locator("#rf-conditions-own-if").fill("nev")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", name="never")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.locator("#rf-conditions-own-if")).to_have_value("never")
    expect(page.locator("#rf-conditions-own-if")).to_be_focused()


@pytest.mark.parametrize(("width", "theme"), list(zip(WIDTHS, get_args(Theme), strict=True)))
@pytest.mark.parametrize("file", ["", "requests/refund.toml", "lessons.toml", "metrics.toml"])
def test_nothing_stands_in_anybodys_way(
    open_page: Callable[..., Page], admin: User, width: int, theme: Theme, file: str
) -> None:
    follow_what_is_in_force()
    page = open_page(as_=admin, width=width, theme=theme)
    page.goto(f"/admin/rules/books/edit/{BookDraft.objects.get(file=file).pk}/" if file else ADD)
    expect(page.locator("#rf-section-about")).to_be_visible()
    page.evaluate("document.querySelectorAll('.rf details').forEach((box) => { box.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    places = "[...document.querySelectorAll('.rf *')].map((each) => each.getBoundingClientRect().right)"
    assert page.evaluate(f"Math.max(...{places}) - innerWidth") <= 1
    axe(page, ".rf")  # around it are Wagtail's own elements


def test_without_scripts_there_is_the_text(open_page: Callable[..., Page], admin: User) -> None:
    page = open_page(as_=admin, script=False)
    page.goto(ADD)
    expect(page.locator("textarea[name=text]")).to_be_visible()
    expect(page.get_by_role("tab", name="Form")).to_be_hidden()


def test_what_is_not_taken_is_said_at_its_input(open_page: Callable[..., Page], admin: User) -> None:
    page = begin(open_page, admin)
    page.get_by_role("button", name="Add a limit").click()
    allow = page.locator("#rf-limits-0-allow")
    allow.fill("zero")
    why = page.locator("#rf-limits-0-allow-wrong")
    expect(why).to_have_text("Write a whole number, such as 3.")
    expect(why).to_be_in_viewport()
    expect(allow).to_have_attribute("aria-describedby", "rf-limits-0-allow-wrong")
    expect(page.locator("[data-rules-status]")).to_have_text("")  # it is not under way any more
    allow.fill("2")
    expect(why).to_have_count(0)
    expect(allow).not_to_have_attribute("aria-invalid", "true")
    written(page)
    assert said(page)["limits"][0]["allow"] == 2
