"""Live updates for real: uvicorn, a worker and one more process on one SQLite file, and Chromium that never reloads."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import Browser, Page, expect

from tests.migrated import restore
from tests.project.test_serve import answers, free_port
from tests.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.django_db, pytest.mark.xdist_group("processes")]
LIMIT = 120.0
SLOWLY = 120_000  # ms; a busy machine starts its worker late
PREPARE = """
import json
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from gradus import flow
from gradus.accounts.roles import Role
from gradus.accounts.services import create_person
from workflows.requests.models import Request

call_command("ensure_site", verbosity=0)
roles = {"ada": Role.STUDENT, "ivo": Role.INSTRUCTOR, "iris": Role.INSTRUCTOR, "edda": Role.EDITOR}
people = {name: create_person(email=f"{name}@example.com", display_name=name.title(), roles=[role])
          for name, role in roles.items()}
cookies = {}
for name, person in people.items():
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    cookies[name] = client.cookies[settings.SESSION_COOKIE_NAME].value
filed = flow.create(
    Request, "submit", by=people["ada"], kind="feature", title="A darker night", text="Please.", area="courses")
print(json.dumps({"cookie": settings.SESSION_COOKIE_NAME, "cookies": cookies, "request": filed.pk}))
"""
MOVE = """
from gradus import flow
from gradus.accounts.models import User
from workflows.requests.models import Request

flow.apply(Request.objects.get(pk={request}), "{move}", by=User.objects.get(email="{who}@example.com"), **{asked})
"""
FILE = """
from gradus import flow
from gradus.accounts.models import User
from workflows.requests.models import Request

flow.create(Request, "submit", by=User.objects.get(email="ada@example.com"), kind="feature", title="A louder bell",
            text="Please.", area="courses")
"""


@dataclass
class Academy:
    address: str
    environment: dict[str, str]
    made: dict[str, Any]
    browser: Browser

    def elsewhere(self, script: str) -> str:
        """Run this in a process of its own."""
        code = f"import django; django.setup()\n{script}"
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def move(self, who: str, move: str, **asked: str) -> None:
        self.elsewhere(MOVE.format(request=self.made["request"], move=move, who=who, asked=asked))

    def visit(self, who: str, path: str) -> Page:
        """Open a page that marks its document, so that a reload would be noticed."""
        context = self.browser.new_context(base_url=self.address)
        value = self.made["cookies"][who]
        context.add_cookies([{"name": self.made["cookie"], "value": value, "url": self.address}])
        page = context.new_page()
        with page.expect_websocket():
            page.goto(path)
        page.wait_for_load_state("networkidle")
        page.evaluate("window.neverReloaded = true")
        return page


def environment(var: Path) -> dict[str, str]:
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_URL", "REDIS_URL"))
    }
    settings = {"GRADUS_VAR": str(var), "DJANGO_SETTINGS_MODULE": "gradus.project.settings.dev"}
    return inherited | settings | {"REDIS_URL": "", "GRADUS_LOG_LEVEL": "WARNING"}


def copy_migrated(var: str) -> None:
    """The empty, migrated database of this run as the file of the other processes: migrating takes half a minute."""
    restore()
    connection.ensure_connection()
    with closing(sqlite3.connect(Path(var) / "gradus.sqlite3")) as file:
        connection.connection.backup(file)


@pytest.fixture(scope="module")
def academy(browser: Browser, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Iterator[Academy]:
    port = free_port()
    found = Academy(f"http://127.0.0.1:{port}", environment(tmp_path_factory.mktemp("var")), {}, browser)
    with django_db_blocker.unblock():
        copy_migrated(found.environment["GRADUS_VAR"])
    found.made |= json.loads(found.elsewhere(PREPARE).splitlines()[-1])
    command = [sys.executable, "-m", "gradus.project", "serve", "--port", str(port), "--no-demo"]
    with subprocess.Popen(command, env=found.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as both:
        try:
            until(lambda: answers(port), LIMIT, "The site did not start.")
            yield found
        finally:
            both.terminate()


def untouched(page: Page) -> bool:
    return bool(page.evaluate("window.neverReloaded"))


def test_a_decision_made_elsewhere_reaches_every_open_page(academy: Academy) -> None:
    student = academy.visit("ada", f"/requests/{academy.made['request']}/")
    desk = academy.visit("iris", f"/admin/requests/{academy.made['request']}/")
    queue = academy.visit("iris", "/admin/requests/?scope=all")
    expect(student.locator("#request")).to_contain_text("Submitted")

    academy.move("ivo", "approve")

    expect(student.locator("#request .g-badge").first).to_contain_text("Planned")
    expect(desk.locator("#object .g-badge").first).to_contain_text("Planned")
    expect(desk.get_by_text("This was changed just now.")).to_be_visible()
    expect(queue.get_by_text("1 changed by somebody else")).to_be_visible()
    expect(student.locator("#bell .g-count")).to_have_text("1", timeout=SLOWLY)  # the worker has told the student
    assert all(map(untouched, (student, desk, queue)))


def test_a_queue_says_that_something_new_came_and_shows_it(academy: Academy) -> None:
    queue = academy.visit("iris", "/admin/requests/")

    academy.elsewhere(FILE)

    expect(queue.get_by_text("1 new")).to_be_visible()
    assert untouched(queue)
    queue.locator("#bell").click(trial=True)  # nothing of Wagtail's lies over it
    queue.get_by_role("link", name="Show", exact=True).click()
    expect(queue.get_by_role("link", name="A louder bell")).to_be_visible()
    expect(queue.get_by_text("1 new")).to_be_hidden()


def test_the_bell_of_the_back_office_rings_too(academy: Academy) -> None:
    page = academy.visit("edda", "/admin/")
    number = page.locator("#bell .g-count")
    expect(number).to_have_count(0)

    academy.elsewhere(
        "from gradus.accounts.models import User\nfrom gradus.notify.services import notify\n"
        "notify([User.objects.get(email='edda@example.com')], 'notify/test')"
    )

    expect(number).to_have_text("1")
    assert untouched(page)
    page.get_by_role("link", name="Notifications, 1 unread").click()
    expect(page.get_by_role("heading", name="Notifications", exact=True)).to_be_visible()
