"""The style guide and its sample pages look right and can be used by everybody."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from gradus.accounts.models import User
from gradus.core.samples import LAYOUTS

pytestmark = pytest.mark.browser
Visit = Callable[..., None]
OpenPage = Callable[..., Page]


def test_axe_finds_nothing_in_the_style_guide(visit_both_themes_and_sizes: Visit, superuser: User) -> None:
    visit_both_themes_and_sizes("/design/", as_=superuser)


@pytest.mark.parametrize("name", LAYOUTS)
def test_axe_finds_nothing_in_a_sample_page(visit_both_themes_and_sizes: Visit, superuser: User, name: str) -> None:
    visit_both_themes_and_sizes(f"/design/{name}/", as_=superuser)


def test_a_chosen_theme_is_remembered(open_page: OpenPage, superuser: User) -> None:
    page = open_page(as_=superuser, theme="light")
    page.goto("/design/")
    page.get_by_label("Theme", exact=True).click()

    page.get_by_role("button", name="Dark").click()
    page.reload()

    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(16, 23, 22)"


def test_the_device_decides_the_theme_until_one_is_chosen(open_page: OpenPage, superuser: User) -> None:
    page = open_page(as_=superuser, theme="dark")

    page.goto("/design/")

    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(16, 23, 22)"


def test_escape_closes_a_menu_and_gives_the_focus_back(open_page: OpenPage, superuser: User) -> None:
    page = open_page(as_=superuser)
    page.goto("/design/")
    opener = page.get_by_label("Theme", exact=True)
    opener.click()
    expect(page.get_by_role("button", name="Dark")).to_be_visible()

    page.keyboard.press("Escape")

    expect(page.get_by_role("button", name="Dark")).to_be_hidden()
    expect(opener).to_be_focused()


def test_a_dialog_opens_by_its_button_and_closes_by_its_own(open_page: OpenPage, superuser: User) -> None:
    page = open_page(as_=superuser)
    page.goto("/design/")
    page.get_by_role("button", name="Open a dialog").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()

    dialog.get_by_role("button", name="Close").click()

    expect(dialog).to_be_hidden()


def test_a_toast_asked_for_by_a_script_is_announced_and_can_be_dismissed(open_page: OpenPage, superuser: User) -> None:
    page = open_page(as_=superuser)
    page.goto("/design/", wait_until="load")
    page.evaluate("""document.dispatchEvent(
        new CustomEvent("gradus:toast", {detail: {text: "Saved for later", tone: "error"}}))""")
    toast = page.locator("#toasts").get_by_text("Saved for later")
    expect(toast).to_be_visible()

    page.locator("#toasts").get_by_role("button", name="Dismiss").click()

    expect(toast).to_be_hidden()


def test_the_first_tab_leads_past_the_menu(open_page: OpenPage, superuser: User) -> None:
    page = open_page(as_=superuser)
    page.goto("/design/")

    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator("main")).to_be_focused()


def test_menus_work_without_javascript(open_page: OpenPage, superuser: User) -> None:
    page = open_page(as_=superuser, script=False)
    page.goto("/design/")

    page.get_by_label("Account of Sue").click()

    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
