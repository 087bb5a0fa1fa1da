"""Browser tests: a page of headless Chromium on a live server.

    @pytest.mark.browser
    def test_something(page, live, sign_in, student):
        sign_in(page, student)
        page.goto(live + "/requests/")
        axe(page)                                  # from tests.browser.accessibility import axe

`visit_both_themes_and_sizes("/requests/", as_=student)` opens an address at 360 and 1280 px in both themes, runs axe,
checks that nothing overflows, and with GRADUS_SCREENSHOTS=1 leaves the pictures in var/screenshots.
"""

import os
from collections.abc import Callable, Iterator
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect

from gradus.accounts.models import User
from gradus.project.paths import CHECKOUT
from tests.browser import chromium
from tests.browser.accessibility import axe

SCREENSHOTS = CHECKOUT / "var" / "screenshots"
WIDTHS = (360, 1280)
EXPECTED = (
    "Failed to load resource: the server responded with a status of 4",  # refusals are pages too
    "axe.run results",  # the editors' own checker, in Wagtail's user bar
    "WebSocket connection to",  # the live server speaks WSGI; pages then poll
)
LIMIT = 120_000  # milliseconds; for what never comes, not for what is slow
expect.set_options(timeout=LIMIT)
Theme = Literal["light", "dark"]
SignIn = Callable[[Page | BrowserContext, User], None]


@pytest.fixture(scope="package")
def browser(django_db_setup: None) -> Iterator[Browser]:
    """One Chromium for the tests of this folder; stopped when leaving it, because its event loop owns the thread."""
    migrated = vars(connections["default"]).get("_test_serialized_contents", "")
    with pytest.MonkeyPatch.context() as patch, chromium.launched() as browser:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop makes Django think it is called by one
        # ... and gives it another connection, which has to know as well what to restore after each test.
        vars(connections["default"])["_test_serialized_contents"] = migrated
        yield browser


@pytest.fixture
def live(live_server: Any, django_db_serialized_rollback: None) -> str:
    """The address of a running server, with static files and what migrations put into the database."""
    return str(live_server.url)


@pytest.fixture
def complaints() -> list[str]:
    """What the browser's console and the content security policy complained about; empty at the end of every test."""
    return []


@pytest.fixture
def open_page(browser: Browser, live: str, complaints: list[str]) -> Iterator[Callable[..., Page]]:
    """Open another page in a context of its own: `open_page(width=360, theme="dark", as_=student)`."""
    contexts: list[BrowserContext] = []

    def open_(*, width: int = 1280, theme: Theme = "light", as_: User | None = None, script: bool = True) -> Page:
        context = browser.new_context(
            base_url=live,
            viewport={"width": width, "height": 900},
            color_scheme=theme,
            reduced_motion="reduce",
            java_script_enabled=script,
        )
        contexts.append(context)
        if as_ is not None:
            _sign_in(context, as_, live)
        page = context.new_page()
        page.set_default_timeout(LIMIT)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: _note(message, complaints))
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not complaints


def _note(message: Any, complaints: list[str]) -> None:
    if message.type == "error" and not message.text.startswith(EXPECTED):
        complaints.append(message.text)


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    return open_page()


@pytest.fixture
def sign_in(live: str) -> SignIn:
    """Sign somebody in by session cookie: `sign_in(page, student)`."""

    def sign(page: Page | BrowserContext, user: User) -> None:
        _sign_in(page.context if isinstance(page, Page) else page, user, live)

    return sign


def _sign_in(context: BrowserContext, user: User, address: str) -> None:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": address}])


@pytest.fixture
def visit_both_themes_and_sizes(open_page: Callable[..., Page]) -> Callable[..., None]:
    """Look at an address at each width and in each theme once: axe, no sideways scrolling, perhaps a picture."""

    def visit(address: str, *, as_: User | None = None, name: str = "", within: str | None = None) -> None:
        for width, theme in zip(WIDTHS, get_args(Theme), strict=True):
            page = open_page(width=width, theme=theme, as_=as_)
            answer = page.goto(address)
            assert answer, f"{address} did not answer"
            assert answer.ok, f"{address} answered {answer.status}"
            page.evaluate("document.fonts.ready.then(() => true)")
            picture(page, name or urlsplit(address).path.strip("/").replace("/", "-") or "home", width, theme)
            over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert over <= 0, f"{address} is {over} px too wide at {width} px"
            axe(page, within)

    return visit


def picture(page: Page, name: str, width: int, theme: str) -> None:
    """Left in var/screenshots when GRADUS_SCREENSHOTS is set: a picture of a whole page takes as long as axe does."""
    if "GRADUS_SCREENSHOTS" not in os.environ:
        return
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}-{width}-{theme}.png", full_page=True)
