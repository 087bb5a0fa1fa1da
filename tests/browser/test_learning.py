"""Watching a lesson: what is played counts, what is skipped does not, and another device goes on where one left."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect
from wagtail.models import Locale, Page

from cms.catalog.models import LessonPage, Video
from gradus.accounts.models import User
from tests.cms.conftest import (
    MakeCourse,
    MakeLesson,
    MakeVideo,
    catalogue,
    make_course,
    make_lesson,
    make_video,
    private_files,
    site,
)
from tests.waiting import until
from tests.workflows.learning.test_completion import watch
from workflows.learning import services
from workflows.learning.models import LessonProgress

__all__ = ["catalogue", "make_course", "make_lesson", "make_video", "private_files", "site"]
pytestmark = pytest.mark.browser
OpenPage = Callable[..., Tab]
SECONDS = 36


@pytest.fixture
def tree(live: str) -> None:
    """What Wagtail's migrations made: the database is emptied after each test of this folder."""
    Locale.objects.get_or_create(language_code=settings.LANGUAGE_CODE)
    if not Page.objects.exists():
        Page.add_root(title="Root", slug="root")


@pytest.fixture
def film(tree: None, make_course: MakeCourse, make_lesson: MakeLesson, make_video: MakeVideo) -> LessonPage:
    content = (settings.FIXTURES_DIR / "videos" / "the-first-step.mp4").read_bytes()
    video = make_video(seconds=SECONDS, file=ContentFile(content, "step.mp4"), transcript="Every step counts.")
    lesson = make_lesson(make_course("Pricing"), "Film", video=video)
    make_lesson(lesson.course, "Text")
    return lesson


@pytest.fixture
def watching(open_page: OpenPage, film: LessonPage, student: User) -> Tab:
    services.enrol(user=student, course=film.course)
    page = open_page(as_=student)
    page.goto(film.get_url())
    return page


def moment(page: Tab) -> float:
    return float(page.evaluate("document.querySelector('video').currentTime"))


def play_to(page: Tab, second: int) -> None:
    page.evaluate("() => { const video = document.querySelector('video'); video.muted = true; return video.play(); }")
    until(lambda: moment(page) >= second, 20, f"the video did not play to second {second}")


def pause(page: Tab) -> None:
    """Pausing reports; wait for the answer, so that nothing is under way when the test ends."""
    with page.expect_response("**/reports/") as answer:
        page.evaluate("document.querySelector('video').pause()")
    assert answer.value.ok


def test_what_is_played_shows_at_once_and_another_device_goes_on(
    watching: Tab, open_page: OpenPage, film: LessonPage, student: User
) -> None:
    play_to(watching, 2)
    pause(watching)
    expect(watching.locator("#learning-panel")).to_contain_text("% watched")

    play_to(watching, 4)
    watching.goto("/learning/")  # leaving sends the rest
    until(lambda: LessonProgress.objects.get().position >= 4, 10, "leaving did not report")

    elsewhere = open_page(as_=student)
    elsewhere.goto(film.get_url())
    position = LessonProgress.objects.get().position
    until(lambda: moment(elsewhere) == position, 10, "the other device did not go on where the first one left")


def test_what_the_panel_offers_next_is_not_offered_twice(watching: Tab, film: LessonPage, student: User) -> None:
    onwards = watching.locator("main").get_by_role("link", name="Next")
    expect(onwards).to_have_count(1)
    expect(onwards).to_have_attribute("rel", "next")
    watch(student, film, (0, SECONDS))
    watching.reload()
    expect(onwards).to_have_count(1)
    expect(onwards).to_contain_text("Next: Text")


STARTS = """(element) => {
  const range = document.createRange();
  range.selectNodeContents(element);
  return Math.round(range.getBoundingClientRect().left);
}"""


def test_a_quiet_button_begins_where_the_words_around_it_do(watching: Tab, film: LessonPage, student: User) -> None:
    watch(student, film, (0, 9))
    watching.goto(film.course.get_url())
    title, pause = watching.get_by_role("heading", name="Your progress"), watching.get_by_role("button", name="Pause")
    assert pause.evaluate(STARTS) == title.evaluate(STARTS)


def test_a_transcript_shows_that_it_opens(watching: Tab) -> None:
    transcript = watching.get_by_text("Transcript", exact=True)
    turned = "(summary) => getComputedStyle(summary, '::before').rotate"
    assert transcript.evaluate(turned) == "-45deg"
    transcript.click()
    until(lambda: transcript.evaluate(turned) == "45deg", 5, "the marker of what is open did not turn")


def test_dragging_to_the_end_does_not_complete_the_lesson(watching: Tab) -> None:
    watching.evaluate(f"document.querySelector('video').currentTime = {SECONDS - 2}")
    play_to(watching, SECONDS - 1)
    pause(watching)
    row = LessonProgress.objects.get()
    assert row.seconds_watched <= 3
    assert row.completed_at is None


def test_the_pages_of_learning_look_right(
    visit_both_themes_and_sizes: Callable[..., None], film: LessonPage, student: User, other_student: User
) -> None:
    services.enrol(user=student, course=film.course)
    text = LessonPage.objects.get(title="Text")
    for address in ("/learning/", film.course.get_url(), text.get_url()):
        visit_both_themes_and_sizes(address, as_=student)
    visit_both_themes_and_sizes(f"/learning/courses/{film.course_id}/enrol/", as_=other_student)
    visit_both_themes_and_sizes("/learning/", as_=other_student, name="learning-empty")


def test_on_paper_a_lesson_has_its_transcript_and_no_empty_panel(watching: Tab, film: LessonPage) -> None:
    words = "First you take a step."
    Video.objects.update(transcript=words)
    watching.reload()
    panel, transcript = watching.locator("#learning-panel"), watching.get_by_text(words)
    expect(panel).to_be_visible()
    expect(transcript).to_be_hidden()
    watching.emulate_media(media="print")
    expect(panel).to_be_hidden()
    expect(transcript).to_be_visible()
