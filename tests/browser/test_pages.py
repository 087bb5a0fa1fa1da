"""Every page people meet: axe finds nothing in either theme and at either width, the console and the content security
policy say nothing, no request leaves our address, and the keyboard reaches everything.
"""

from collections.abc import Callable, Iterator
from typing import Any, get_args

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import Page

from tests.browser.accessibility import violations
from tests.browser.conftest import WIDTHS, Theme, picture
from tests.cms.conftest import private_files
from tests.everything import Everything, an_upgrade, make_everything
from tests.platform.rulebook.conftest import in_force

__all__ = ["in_force", "private_files"]

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("live", "in_force")]
OpenPage = Callable[..., Page]
Look = Callable[[Everything], str]


def at(address: str) -> Look:
    return lambda _everything: address


def request(address: str, state: str) -> Look:
    return lambda everything: address.format(everything.requests[state].pk)


WHY = "/admin/rules/why/?of=requests.request"
PAGES: dict[str, tuple[str, Look]] = {
    # Name of the picture: who looks, where.
    "home": ("", at("/")),
    "about": ("", at("/about/")),
    "courses": ("", at("/courses/")),
    "course-guest": ("", lambda everything: everything.course.url),
    "course-student": ("student", lambda everything: everything.course.url),
    "lesson-open": ("", lambda everything: everything.preview.url),
    "lesson-film": ("student", lambda everything: everything.film.url),
    "lesson-text": ("student", lambda everything: everything.reading.url),
    "enrol": ("instructor", lambda everything: f"/learning/courses/{everything.course.pk}/enrol/"),
    "my-learning": ("student", at("/learning/")),
    "my-requests": ("student", at("/requests/?show=all")),
    "request-choose": ("student", at("/requests/new/")),
    "request-bug": ("student", at("/requests/new/bug/")),
    "request-refund": ("student", at("/requests/new/refund/")),
    "request-submitted": ("student", request("/requests/{}/", "attached")),
    "request-needs-answer": ("student", request("/requests/{}/", "needs_answer")),
    "request-rejected": ("student", request("/requests/{}/", "rejected")),
    "request-step": ("student", request("/steps/requests.Request/{}/answer/", "needs_answer")),
    "notifications": ("student", at("/notifications/")),
    "preferences": ("student", at("/notifications/preferences/")),
    "profile": ("student", at("/profile/")),
    "person": ("", lambda everything: f"/people/{everything.people['instructor'].pk}/"),
    "login": ("", at("/accounts/login/")),
    "signup": ("", at("/accounts/signup/")),
    "password-reset": ("", at("/accounts/password/reset/")),
    "password-reset-sent": ("", at("/accounts/password/reset/done/")),
    "password-reset-old-link": ("", at("/accounts/password/reset/key/7-wrong/")),
    "password-reset-done": ("", at("/accounts/password/reset/key/done/")),
    "verification-sent": ("", at("/accounts/confirm-email/")),
    "verification-old-link": ("", at("/accounts/confirm-email/wrong/")),
    "account-inactive": ("", at("/accounts/inactive/")),
    "sign-out": ("student", at("/accounts/logout/")),
    "email-address": ("student", at("/accounts/email/")),
    "password-change": ("student", at("/accounts/password/change/")),
    "second-factor": ("student", at("/accounts/2fa/")),
    "second-factor-app": ("student", at("/accounts/2fa/totp/activate/")),
    "show-it-is-you": ("student", at("/accounts/reauthenticate/")),
    "api-key-new": ("student", at("/profile/keys/new/")),
    "unsubscribe-wrong": ("", at("/notifications/unsubscribe/wrong/")),
    "courses-nothing": ("", at("/courses/?q=nothing-like-it")),
    "lesson-locked": ("", lambda everything: everything.film.url),
    "nothing-here": ("", at("/nothing-here/")),
    "not-for-you": ("student", at("/admin/requests/")),
    "admin-home-administrator": ("admin", at("/admin/")),
    "admin-home-editor": ("editor", at("/admin/")),
    "admin-requests": ("instructor", at("/admin/requests/")),
    "admin-requests-all": ("instructor", at("/admin/requests/?scope=all")),
    "admin-requests-nothing": ("colleague", at("/admin/requests/?q=nothing-like-it")),
    "admin-request": ("instructor", request("/admin/requests/{}/", "attached")),
    "admin-request-colleague": ("colleague", request("/admin/requests/{}/", "in_review")),
    "admin-request-reject": ("instructor", request("/admin/requests/{}/reject/", "submitted")),
    "admin-analytics": ("analyst", at("/admin/analytics/")),
    "admin-analytics-students": ("analyst", at("/admin/analytics/students/")),
    "admin-analytics-student": ("analyst", lambda all_: f"/admin/analytics/students/{all_.people['student'].pk}/"),
    "admin-health": ("admin", at("/admin/health/")),
    "admin-automations": ("admin", at("/admin/automations/")),
    "admin-automation-run": ("admin", lambda everything: f"/admin/automations/{everything.run.pk}/"),
    "admin-books": ("admin", at("/admin/rules/books/")),
    "admin-book-review": ("admin", lambda everything: f"/admin/rules/review/{everything.book.pk}/"),
    "admin-book-decisions": ("admin", lambda everything: f"/admin/rules/review/{everything.book.pk}/decisions/"),
    "admin-book-history": ("admin", at("/admin/rules/history/")),
    "admin-book-version": ("admin", lambda everything: f"/admin/rules/history/{everything.version.number}/"),
    "admin-book-rebase": ("admin", lambda everything: an_upgrade(everything.people["admin"])),
    "admin-books-installed": ("admin", at("/admin/rules/history/0/")),
    "admin-books-moderation": ("admin", at("/admin/rules/moderation/")),
    "admin-editions": ("admin", at("/admin/rules/editions/")),
    "admin-audit": ("admin", at("/admin/audit/")),
    "admin-audit-person": ("admin", lambda all_: f"/admin/audit/?person={all_.people['student'].pk}"),
    "admin-audit-nothing": ("admin", at("/admin/audit/?outcome=stale")),
    "admin-audit-record": ("admin", lambda everything: f"/admin/audit/{everything.record.pk}/"),
    "admin-audit-erase": ("admin", lambda all_: f"/admin/audit/erase/{all_.people['student'].pk}/"),
    "admin-webhooks": ("admin", at("/admin/webhooks/")),
    "admin-webhook-new": ("admin", at("/admin/webhooks/new/")),
    "admin-webhook": ("admin", lambda everything: f"/admin/webhooks/{everything.hook.endpoint_id}/"),
    "admin-deliveries": ("admin", at("/admin/webhooks/deliveries/")),
    "admin-deliveries-nothing": ("admin", at("/admin/webhooks/deliveries/?status=held")),
    "admin-delivery": ("admin", lambda everything: f"/admin/webhooks/deliveries/{everything.hook.pk}/"),
    "admin-rules": ("admin", at("/admin/rules/")),
    "admin-rules-matrix": ("admin", at("/admin/rules/matrix/requests.request.track_change/")),
    "admin-rules-diagram": ("admin", at("/admin/rules/diagram/requests.request.bug/")),
    "admin-rules-no-diagram": ("admin", at("/admin/rules/diagram/catalog.lessonpage/")),
    "admin-rules-person-nobody": ("admin", at("/admin/rules/person/")),
    "admin-rules-person": ("admin", at("/admin/rules/person/?person=instructor@example.com")),
    "admin-rules-person-platform": ("admin", at("/admin/rules/person/?role=system")),
    "admin-rules-why-platform-nothing": ("admin", at(f"{WHY}&role=system")),
    "admin-rules-why-platform": (
        "admin",
        request(f"{WHY}&role=system&object={{}}&transition=approve", "in_review"),
    ),
    "admin-rules-why-nothing": ("admin", at("/admin/rules/why/?of=catalog.lessonpage")),
    "admin-rules-why-all": ("admin", request(f"{WHY}&person=student@example.com&object={{}}", "in_review")),
    "admin-rules-why": (
        "admin",
        request(f"{WHY}&person=colleague@example.com&object={{}}&transition=approve", "in_review"),
    ),
    "admin-rules-why-nonsense": ("admin", at(f"{WHY}&person=nobody&object=nothing")),
    "admin-request-refused": ("admin", request("/admin/requests/{}/", "in_review")),
    "admin-lesson-media": ("editor", at("/admin/reports/lesson-media/")),
}
REFUSED = {
    "admin-rules-why-nonsense": 422,
    "lesson-locked": 403,
    "not-for-you": 403,
    "nothing-here": 404,
    "unsubscribe-wrong": 404,
}
COLOURS = ["color-contrast", "link-in-text-block"]
REACHABLE = """() => [
    ...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
    .filter((one) => one.checkVisibility({visibilityProperty: true}) && !one.disabled && one.tabIndex < 0)
    .filter((one) => !one.closest("[role=tablist], [role=menu], wagtail-userbar, .sidebar, [aria-hidden=true]"))
    .map((one) => one.outerHTML.slice(0, 120))"""


@pytest.fixture
def everything(live: str) -> Everything:
    return make_everything()


class Watch:
    """What went wrong while pages were looked at, all of it, so that one run tells everything."""

    def __init__(self, home: str) -> None:
        self.home, self.found = home, list[str]()

    def request(self, asked: Any) -> None:
        if not asked.url.startswith((self.home, "data:", "blob:", self.home.replace("http", "ws", 1))):
            self.found.append(f"a request to {asked.url}")

    def sizes(self, page: Page, name: str, theme: Theme) -> None:
        """One load by all rules at each width, the wide one first; the dark changes colours alone."""
        for width in reversed(WIDTHS):
            page.set_viewport_size({"width": width, "height": 900})
            picture(page, name, width, theme)
            over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            only = COLOURS if theme == "dark" and width < WIDTHS[-1] else None
            if over > 0:
                self.found.append(f"{name}: {over} px too wide at {width} px")
            self.found += [f"{name}, {width} px, {theme}: {line}" for line in violations(page, only=only)]
        page.set_viewport_size({"width": WIDTHS[-1], "height": 900})


def batches(size: int = 8) -> Iterator[Any]:
    """The pages of one person, a few at a time: what one process looks at."""
    for who in sorted({whose for whose, _look in PAGES.values()}):
        names = [name for name, (whose, _look) in PAGES.items() if whose == who]
        for number, start in enumerate(range(0, len(names), size), start=1):
            yield pytest.param(who, names[start : start + size], id=f"{who or 'guest'}-{number}")


@pytest.mark.parametrize("theme", get_args(Theme))
@pytest.mark.parametrize(("who", "names"), list(batches()))
def test_every_page_is_in_order(
    everything: Everything,
    open_page: OpenPage,
    live: str,
    complaints: list[str],
    who: str,
    names: list[str],
    theme: Theme,
) -> None:
    page, watch = open_page(as_=everything.people.get(who)), Watch(live)
    page.on("request", watch.request)
    for name, (_whose, look) in [(name, PAGES[name]) for name in names]:
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        answer = page.goto(look(everything), timeout=120_000)  # the first chart of a process takes its time
        if answer is None or answer.status != REFUSED.get(name, 200):
            watch.found.append(f"{name}: {answer and answer.status}")
            continue
        page.evaluate("document.fonts.ready.then(() => true)")
        watch.sizes(page, name, theme)
        watch.found += [f"{name}: the keyboard does not reach {one}" for one in page.evaluate(REACHABLE)]
    watch.found += complaints
    complaints.clear()
    assert not watch.found, "\n".join(watch.found)


@pytest.mark.parametrize("theme", get_args(Theme))
@pytest.mark.parametrize("template", ["400.html", "429.html", "500.html"])
def test_a_fault_is_explained_in_order(open_page: OpenPage, live: str, template: str, theme: Theme) -> None:
    """Shown as the server would: these pages come when nothing can be asked any more."""
    page, watch = open_page(theme=theme), Watch(live)
    page.on("request", watch.request)
    page.route("**/broken/", lambda route: route.fulfill(body=render_to_string(template), content_type="text/html"))
    page.goto("/broken/")
    watch.sizes(page, f"fault-{template[:3]}", theme)
    assert not watch.found, "\n".join(watch.found)


def test_bulk_decisions_are_in_order(everything: Everything, open_page: OpenPage, live: str) -> None:
    page, watch = open_page(as_=everything.people["instructor"]), Watch(live)
    page.goto("/admin/requests/")
    page.get_by_label("Choose all on this page").check()
    page.get_by_role("button", name="Approve").click()
    page.get_by_label("Note to the student").wait_for()
    watch.sizes(page, "admin-bulk-asked", "light")
    page.get_by_role("main").get_by_role("button", name="Approve").click()
    page.get_by_text("done").first.wait_for()
    watch.sizes(page, "admin-bulk-done", "light")
    assert not watch.found, "\n".join(watch.found)


@pytest.mark.parametrize(("who", "address"), [("", "/"), ("student", "/requests/"), ("instructor", "/admin/requests/")])
def test_the_first_tab_leads_to_the_content(
    everything: Everything, open_page: OpenPage, who: str, address: str
) -> None:
    page = open_page(as_=everything.people.get(who))
    page.goto(address)
    page.keyboard.press("Tab")
    target = page.evaluate("document.activeElement.getAttribute('href')")
    assert target in {"#main", "#content"}
    assert page.locator(target).count() == 1
