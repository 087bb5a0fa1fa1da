"""What is around a page: the colour the browser paints its own frame in, paper, and a phone in the back office."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.cms.conftest import private_files
from tests.everything import Everything, make_everything

__all__ = ["private_files"]

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("live")]
PAINTED = """() => [...document.querySelectorAll("meta[name=theme-color]")]
    .find((meta) => matchMedia(meta.media).matches).content"""


@pytest.fixture
def everything(live: str) -> Everything:
    return make_everything()


def test_the_browsers_frame_follows_the_chosen_theme(open_page: Callable[..., Page], everything: Everything) -> None:
    page = open_page(theme="light")
    page.goto("/courses/")
    light = page.evaluate(PAINTED)
    page.get_by_label("Theme", exact=True).click()
    page.get_by_role("button", name="Dark", exact=True).click()
    dark = page.evaluate(PAINTED)
    assert dark != light
    page.reload()
    assert page.evaluate(PAINTED) == dark
    page.get_by_label("Theme", exact=True).click()
    page.get_by_role("button", name="Light", exact=True).click()
    assert page.evaluate(PAINTED) == light


def test_printed_a_page_is_what_one_reads(open_page: Callable[..., Page], everything: Everything) -> None:
    page = open_page(as_=everything.people["student"])
    page.emulate_media(media="print")
    for address in (everything.course.url, f"/requests/{everything.requests['needs_answer'].pk}/"):
        page.goto(address)
        expect(page.locator("main h1")).to_be_visible()
        for hidden in (".g-header", ".g-footer", ".g-hero__art", "[data-flow-panel]", ".g-crumbs"):
            for each in page.locator(hidden).all():
                expect(each).to_be_hidden()
        top = page.locator("main h1").bounding_box()
        assert top is not None
        assert top["y"] < 200


def test_on_a_phone_the_back_office_shows_whole_titles(open_page: Callable[..., Page], everything: Everything) -> None:
    page = open_page(as_=everything.people["editor"], width=360)
    page.goto(f"/admin/pages/{everything.course.pk}/")
    title = page.locator(".listing td.title").first.bounding_box()
    assert title is not None
    assert title["width"] >= 170
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert overflow <= 0


@pytest.mark.parametrize("kind", ["course", "film"])
def test_an_editor_sees_the_preview_beside_what_they_write(
    open_page: Callable[..., Page], everything: Everything, kind: str
) -> None:
    edited = getattr(everything, kind)
    page = open_page(as_=everything.people["editor"])
    page.goto(f"/admin/pages/{edited.pk}/edit/")
    page.get_by_role("button", name="Toggle preview").click()
    shown = page.frame_locator("#w-preview-iframe, [data-w-preview-target=iframe]").first
    expect(shown.get_by_role("heading", name=edited.title, level=1)).to_be_visible()
