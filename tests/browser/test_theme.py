"""Choosing a theme changes everything on the page at once: a reload changes no colour any more."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Theme
from tests.browser.test_pages import Look, at
from tests.cms.conftest import private_files
from tests.everything import Everything, make_everything

__all__ = ["private_files"]

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("live")]
OpenPage = Callable[..., Page]
PAGES: dict[str, tuple[str, Look]] = {
    "home": ("", at("/")),
    "courses": ("", at("/courses/")),
    "course": ("student", lambda everything: everything.course.url),
    "lesson": ("student", lambda everything: everything.film.url),
    "locked": ("", lambda everything: everything.film.url),
    "request": ("student", lambda everything: f"/requests/{everything.requests['needs_answer'].pk}/"),
    "requests": ("student", at("/requests/?show=all")),
    "profile": ("student", at("/profile/")),
    "login": ("", at("/accounts/login/")),
}
COLOURS = """async () => {
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
    const fading = document.getAnimations().filter((one) => one.effect.getComputedTiming().endTime < Infinity);
    await Promise.allSettled(fading.map((one) => one.finished));
    const names = ["color", "backgroundColor", "borderTopColor", "borderLeftColor", "fill", "stroke", "colorScheme"];
    return [...document.querySelectorAll("body, body *")]
        .filter((one) => one.checkVisibility() && !one.closest(".g-menu, .g-skip"))
        .map((one) => {
            const style = getComputedStyle(one);
            const shown = names.map((name) => style[name]).join(" ");
            return `${one.tagName}.${one.className.baseVal ?? one.className}: ${shown}`;
        });
}"""


@pytest.fixture
def everything(live: str) -> Everything:
    return make_everything()


@pytest.mark.parametrize(("device", "chosen"), [("light", "Dark"), ("dark", "Light")])
def test_a_chosen_theme_leaves_nothing_behind(
    everything: Everything, open_page: OpenPage, device: Theme, chosen: str
) -> None:
    left: list[str] = []
    for name, (who, look) in PAGES.items():
        page = open_page(as_=everything.people.get(who), theme=device)
        page.emulate_media(color_scheme=device, reduced_motion="no-preference")  # what fades is seen fading
        page.goto(look(everything))
        page.get_by_label("Theme", exact=True).click()
        page.get_by_role("button", name=chosen, exact=True).click()
        page.keyboard.press("Escape")
        page.mouse.move(0, 0)
        at_once = page.evaluate(COLOURS)
        page.reload()
        loaded = page.evaluate(COLOURS)
        assert len(at_once) == len(loaded)
        pairs = zip(at_once, loaded, strict=True)
        left += [f"{name}: {before} is {after} after a reload" for before, after in pairs if before != after]
    assert not left, "\n".join(left[:30])
