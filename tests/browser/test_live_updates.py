"""Pages that hear of changes: by socket, after a lost one, and where sockets are blocked."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone
from django_q.models import Task
from playwright.sync_api import Page, WebSocketRoute, expect

from gradus.accounts.models import User
from gradus.notify.models import Mail
from gradus.notify.services import notify

pytestmark = pytest.mark.browser
LIST = "/notifications/"


@pytest.fixture
def reader(page: Page, sign_in: Callable[..., None], student: User) -> Page:
    """The student's page; time stands in its browser until a test lets it pass."""
    sign_in(page, student)
    page.clock.install()
    return page


@pytest.fixture
def sockets(reader: Page) -> list[WebSocketRoute]:
    """The sockets the page opened; the test is their server."""
    found: list[WebSocketRoute] = []
    reader.route_web_socket("**/ws/live/", lambda socket: found.append(socket))  # noqa: PLW0108  # it marks its handler
    return found


def opened(page: Page, sockets: list[WebSocketRoute], count: int) -> WebSocketRoute:
    """The newest socket, once the page has opened so many: Chromium tells us a moment after the page did."""
    for _ in range(200):
        if len(sockets) >= count:
            break
        page.wait_for_timeout(25)
    assert len(sockets) == count
    return sockets[-1]


def test_a_message_brings_the_bell_up_to_date(reader: Page, sockets: list[WebSocketRoute], student: User) -> None:
    reader.goto(LIST)
    expect(reader.locator("#bell .g-count")).to_have_count(0)
    socket = opened(reader, sockets, 1)
    notify([student], "notify/test")
    socket.send('{"type": "bell", "id": "0", "version": 1}')  # somebody else's
    expect(reader.locator("#bell .g-count")).to_have_count(0)
    socket.send(f'{{"type": "bell", "id": "{student.pk}", "version": 2}}')
    expect(reader.locator("#bell .g-count")).to_have_text("1")


def test_a_page_that_lost_its_socket_connects_again_and_looks_what_it_missed(
    reader: Page, sockets: list[WebSocketRoute], student: User
) -> None:
    reader.goto(LIST)
    socket = opened(reader, sockets, 1)
    notify([student], "notify/test")
    socket.close()
    reader.clock.fast_forward(2_000)
    expect(reader.locator("#bell .g-count")).to_have_text("1")
    opened(reader, sockets, 2)


def test_where_sockets_are_blocked_the_page_asks_by_itself(reader: Page, student: User) -> None:
    reader.route_web_socket("**/ws/live/", lambda socket: socket.close())
    reader.goto(LIST)
    notify([student], "notify/test")
    reader.clock.fast_forward(16_000)
    expect(reader.locator("#bell .g-count")).to_have_text("1")


def test_whoever_was_signed_out_is_left_in_peace(reader: Page, sockets: list[WebSocketRoute]) -> None:
    reader.goto(LIST)
    opened(reader, sockets, 1).close(code=4401)
    reader.clock.fast_forward(60_000)
    assert len(sockets) == 1


def test_the_list_reads_well_with_things_in_it(visit_both_themes_and_sizes: Callable[..., None], student: User) -> None:
    notify([student], "notify/test", url=LIST)
    visit_both_themes_and_sizes(LIST, as_=student, name="notifications-unread")


def test_the_health_page_reads_well_with_failures_on_it(
    visit_both_themes_and_sizes: Callable[..., None], admin: User
) -> None:
    admin.user_permissions.add(Permission.objects.get(codename="access_admin"))
    notify([admin], "notify/test")
    Mail.objects.update(status="failed", error="SMTPServerDisconnected: the connection was closed unexpectedly")
    now = timezone.now()
    Task.objects.create(
        id="1" * 32, name="a task", func="gradus.notify.tasks.sweep", args=(), kwargs={}, started=now, stopped=now,
        success=False, attempt_count=4, result="ValueError : Traceback (most recent call last): ...",
    )  # fmt: skip
    visit_both_themes_and_sizes("/admin/health/", as_=admin, name="health", within=".g-admin")
