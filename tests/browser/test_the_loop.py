"""The loop of the academy: a student learns and asks, an instructor decides, an editor edits, an analyst sees."""

import re
from collections.abc import Callable
from pathlib import Path
from pydoc import locate

import pytest
from django.core.files.base import ContentFile
from django_q.models import OrmQ
from django_q.signing import SignedPackage
from playwright.sync_api import Page, expect

from cms.catalog.models import LessonPage, Video
from gradus import flow
from gradus.accounts.models import User
from tests.cms.conftest import private_files
from tests.everything import PASSWORD, Everything, make_everything
from workflows.requests.models import Request

__all__ = ["private_files"]

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("live")]
CLIP = Path(__file__).parent / "six-steps.webm"  # six seconds, a step for each
SECONDS = 6
Person = Callable[[str], Page]


@pytest.fixture
def academy(live: str) -> Everything:
    return make_everything()


@pytest.fixture
def clip(academy: Everything) -> LessonPage:
    """A lesson whose video plays in a browser, in the course the student is enrolled in."""
    video = Video.objects.create(title="Six steps", file=ContentFile(CLIP.read_bytes(), CLIP.name), seconds=SECONDS)
    lesson = LessonPage(title="Six steps", slug="six-steps", body=[("video", {"video": video, "caption": ""})])
    academy.course.add_child(instance=lesson)
    return lesson


@pytest.fixture
def somebody(academy: Everything, open_page: Callable[..., Page]) -> Person:
    """A browser of their own for each, signed in by the form: `somebody("student")`."""

    def arrive(role: str) -> Page:
        page = open_page()
        page.goto("/accounts/login/")
        page.get_by_label("E-mail").fill(academy.people[role].email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("main").get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "/accounts/login/" not in url)
        return page

    return arrive


def let_the_worker_work() -> None:
    """Run what is queued, as the worker beside the server does."""
    while waiting := OrmQ.objects.order_by("pk").first():
        task = SignedPackage.loads(waiting.payload)
        waiting.delete()
        locate(task["func"])(*task["args"], **task["kwargs"])  # type: ignore[operator]


def learn_rate(page: Page) -> float:
    page.goto("/admin/analytics/")
    expect(page.locator("[data-drawn]")).to_have_count(3)
    tile = page.locator(".g-tile", has_text="Learn rate").locator(".g-tile__value").first
    return float(re.sub(r"[^\d.]", "", tile.inner_text()))


def watch(page: Page, lesson: LessonPage) -> None:
    """To the end, twice as fast: the fastest the server believes."""
    page.goto(lesson.url)
    with page.expect_response(re.compile(r"/reports/$"), timeout=120_000) as reported:
        page.locator("video").evaluate(
            "async (video) => { video.muted = true; video.playbackRate = 2; await video.play(); }"
        )
    assert reported.value.status == 200
    expect(page.locator("#learning-panel")).to_contain_text("Lesson complete")
    expect(page.locator(".g-outline [aria-current=page]")).to_contain_class("g-outline__item--done")
    expect(page.locator("[data-next], [rel=next]").filter(visible=True)).to_have_count(
        page.locator("[data-next]").count()
    )


def file_a_request(page: Page) -> Request:
    page.get_by_role("link", name="Requests", exact=True).first.click()
    page.get_by_role("link", name="New request").first.click()
    page.get_by_role("link", name="Bug report").click()
    page.get_by_label("Title").fill("The captions come too late")
    page.get_by_label("What happened").fill("By two seconds, in the last step.")
    page.get_by_label("How bad is it").select_option("minor")
    page.get_by_role("button", name="Send the request").click()
    expect(page.get_by_role("heading", name="The captions come too late")).to_be_visible()
    return Request.objects.get(title="The captions come too late")


def decide(page: Page, filed: Request, reviewer: User) -> None:
    waiting = flow.queue(Request, None, reviewer).count()
    page.goto("/admin/")
    page.get_by_role("link", name=f"Requests ({waiting})").click()
    page.get_by_role("link", name=filed.title).click()
    page.get_by_role("link", name="Decline").click()
    page.get_by_label("Why not, and what would help").fill("They are on time here. Which browser is it?")
    page.get_by_role("button", name="Decline").click()
    expect(page.get_by_role("main")).to_contain_text("They are on time here.")
    page.goto("/admin/")
    expect(page.get_by_role("link", name=f"Requests ({waiting - 1})")).to_be_visible()


def test_the_loop(academy: Everything, clip: LessonPage, somebody: Person) -> None:
    analyst, student, instructor, editor = map(somebody, ("analyst", "student", "instructor", "editor"))
    before = learn_rate(analyst)

    watch(student, clip)
    filed = file_a_request(student)
    let_the_worker_work()

    decide(instructor, filed, academy.people["instructor"])
    let_the_worker_work()

    student.goto("/")
    student.get_by_role("link", name=re.compile(r"Notifications, \d+ unread")).click()
    student.get_by_role("link", name=re.compile(filed.title)).click()
    expect(student.get_by_role("heading", name=filed.title)).to_be_visible()
    expect(student.get_by_role("main")).to_contain_text("Not a bug")
    expect(student.get_by_role("main")).to_contain_text("They are on time here.")

    editor.goto(f"/admin/pages/{academy.course.pk}/edit/")
    editor.get_by_role("textbox", name="Summary").fill("From one line to three voices.")
    editor.locator("footer").get_by_role("button", name="More actions").click()
    editor.get_by_role("button", name="Publish").click()
    expect(editor.get_by_text("published")).to_be_visible()
    student.goto(academy.course.url)
    expect(student.get_by_role("main")).to_contain_text("From one line to three voices.")

    assert learn_rate(analyst) > before
