"""What guests see: the catalogue, courses, open lessons and why others are locked."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from wagtail import hooks
from wagtail.models import PageViewRestriction

from cms.catalog.hooks import Gate, LessonState
from cms.catalog.models import Topic
from cms.site.models import StandardPage
from cms.site.services import Pages
from gradus.accounts.models import User
from tests.cms.conftest import MakeCourse, MakeLesson, MakeVideo


def structured(html: str) -> dict[str, object]:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert found
    return dict(json.loads(found[1]))


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The catalogue without the apps above it."""
    hooks.search_for_hooks()
    for name in ("gate", "state", "footer", "player"):
        monkeypatch.setitem(hooks._hooks, f"gradus_lesson_{name}", [])


def test_home_shows_the_newest_courses(client: Client, make_course: MakeCourse) -> None:
    make_course("Pricing your work")
    page = client.get("/")
    assert page.status_code == 200
    assert "Pricing your work" in page.content.decode()


def test_a_standard_page_shows_its_text(client: Client, site: Pages) -> None:
    body = [
        ("text", "<p>We teach by steps.</p>"),
        ("callout", {"tone": "tip", "title": "", "text": "<p>Start small</p>"}),
    ]
    site.home.add_child(instance=StandardPage(title="About us", slug="about", body=body))
    page = client.get("/about/").content.decode()
    assert "We teach by steps." in page
    assert "Start small" in page


def test_a_course_shows_what_it_is_and_tells_search_engines(
    client: Client, make_course: MakeCourse, make_lesson: MakeLesson, instructor: User
) -> None:
    course = make_course("Pricing", instructors=[instructor], outcomes=[("outcome", "Name a price </script>")])
    make_lesson(course, "Anchors", text="word " * 800)
    html = client.get(course.url).content.decode()
    for shown in ("Anchors", "Ivo", "4 min", "Foundation", course.summary):
        assert shown in html
    data = structured(html)
    assert data["@type"] == "Course"
    assert data["teaches"] == ["Name a price </script>"]
    assert f'rel="canonical" href="http://testserver{course.url}"' in html
    assert '<meta property="og:title" content="Pricing">' in html


def test_an_open_lesson_shows_its_body_to_guests(client: Client, make_lesson: MakeLesson) -> None:
    lesson = make_lesson(text="The whole truth", is_preview=True)
    page = client.get(lesson.url)
    assert page.status_code == 200
    assert "The whole truth" in page.content.decode()


def test_a_locked_lesson_says_why_and_what_to_do(client: Client, make_lesson: MakeLesson, alone: None) -> None:
    lesson = make_lesson(text="The whole truth", is_preview=False)
    page = client.get(lesson.url)
    html = page.content.decode()
    assert page.status_code == 403
    assert "The whole truth" not in html
    assert "Enrol to open this lesson" in html
    assert "Go to the course" in html
    assert 'content="noindex, follow"' in html


def test_another_app_opens_and_locks_lessons_and_fills_the_page(
    client: Client, make_course: MakeCourse, make_lesson: MakeLesson, alone: None
) -> None:
    course = make_course()
    first, second = make_lesson(course, "First", is_preview=True), make_lesson(course, "Second")

    def gate(_request: object, lesson: object) -> Gate:
        return Gate(allowed=True) if lesson == second else Gate(False, "Finish First", "Go on", "/somewhere/")

    def state(_request: object, lessons: list[object]) -> dict[int, str]:
        assert len(lessons) == 2
        return {second.pk: LessonState.DONE}

    with (
        hooks.register_temporarily("gradus_lesson_gate", gate),
        hooks.register_temporarily("gradus_lesson_state", state),
        hooks.register_temporarily("gradus_lesson_footer", lambda _request, _lesson: "<b>&amp;</b>"),
        hooks.register_temporarily("gradus_course_aside", lambda _request, _course: "<b>enrol</b>"),
    ):
        locked, opened = client.get(first.url), client.get(second.url)
        overview = client.get(course.url).content.decode()
    assert locked.status_code == 403
    assert 'href="/somewhere/"' in locked.content.decode()
    assert opened.status_code == 200
    assert "g-outline__item--done" in overview


def test_what_other_apps_add_is_escaped_unless_marked_safe(client: Client, make_course: MakeCourse) -> None:
    course = make_course()
    with hooks.register_temporarily("gradus_course_aside", lambda _request, _course: "<b>enrol</b>"):
        assert "<b>enrol</b>" not in client.get(course.url).content.decode()


def test_a_lesson_links_to_its_neighbours(client: Client, make_course: MakeCourse, make_lesson: MakeLesson) -> None:
    course = make_course()
    lessons = [make_lesson(course, title, is_preview=True) for title in ("One", "Two", "Three")]
    html = client.get(lessons[1].url).content.decode()
    assert f'rel="prev" href="{lessons[0].url}"' in html
    assert f'rel="next" href="{lessons[2].url}"' in html
    assert "Lesson 2 of 3" in html


@pytest.mark.parametrize("path", ["/nothing/", "/courses/nothing/", "/courses/pricing-your-work/nothing/"])
def test_unknown_addresses_are_not_found(client: Client, make_lesson: MakeLesson, path: str) -> None:
    make_lesson()
    assert client.get(path).status_code == 404


def test_drafts_are_not_found(client: Client, make_course: MakeCourse, make_lesson: MakeLesson) -> None:
    course = make_course()
    draft = make_lesson(course, "Draft", live=False, is_preview=True)
    assert client.get(draft.url).status_code == 404
    assert "Draft" not in client.get(course.url).content.decode()


def test_the_sitemap_lists_what_everybody_may_read(
    client: Client, make_course: MakeCourse, make_lesson: MakeLesson
) -> None:
    course = make_course()
    opened, locked = make_lesson(course, "Open", is_preview=True), make_lesson(course, "Locked")
    sitemap = client.get("/sitemap.xml").content.decode()
    assert f"{course.url}</loc>" in sitemap
    assert f"{opened.url}</loc>" in sitemap
    assert f"{locked.url}</loc>" not in sitemap


def test_addresses_for_others_carry_the_sites_own_name(client: Client, make_course: MakeCourse, settings: Any) -> None:
    course = make_course()
    assert f"<loc>{settings.BASE_URL}{course.url}</loc>" in client.get("/sitemap.xml").content.decode()
    assert structured(client.get(course.url).content.decode())["url"] == f"{settings.BASE_URL}{course.url}"


def test_only_renditions_are_handed_out(client: Client, site: Pages, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    for folder in ("images", "documents"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.png").write_bytes(b"png")
    found: Any = client.get("/media/images/a.png")
    assert b"".join(found.streaming_content) == b"png"  # to its end: only then does the client close it as it should
    assert "immutable" in found["Cache-Control"]
    assert client.get("/media/images/../documents/a.png").status_code in {400, 404}
    assert client.get("/media/documents/a.png").status_code == 404


def test_robots_are_told_where_the_sitemap_is(client: Client, db: None) -> None:
    robots = client.get("/robots.txt")
    assert "Sitemap: http://testserver/sitemap.xml" in robots.content.decode()
    assert robots["Content-Type"].startswith("text/plain")


def test_a_renamed_course_redirects_from_its_old_address(
    client: Client,
    make_course: MakeCourse,
    make_lesson: MakeLesson,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    course = make_course("Pricing", slug="pricing")
    make_lesson(course, "One", slug="one")
    course.refresh_from_db()
    course.slug = "prices"
    with django_capture_on_commit_callbacks(execute=True):
        course.save_revision().publish()
    assert client.get("/courses/pricing/")["Location"] == "/courses/prices/"
    assert client.get("/courses/pricing/one/")["Location"] == "/courses/prices/one/"


def test_a_video_is_shown_by_whoever_serves_private_files(
    client: Client, make_lesson: MakeLesson, make_video: MakeVideo
) -> None:
    video = make_video(seconds=90, transcript="Every step counts.")
    html = client.get(make_lesson(video=video, is_preview=True).url).content.decode()
    assert "Every step counts." in html
    assert "/media/" not in html
    assert video.file.name not in html


def test_a_page_below_a_private_one_is_private(
    client: Client, make_course: MakeCourse, make_lesson: MakeLesson
) -> None:
    course = make_course()
    lesson = make_lesson(course, is_preview=True)
    PageViewRestriction.objects.create(page=course, restriction_type="login")
    assert client.get(lesson.url).status_code == 302
    assert client.get("/courses/").status_code == 200


def test_topics_link_back_to_the_catalogue(client: Client, make_course: MakeCourse) -> None:
    topic = Topic.objects.create(name="Sales", slug="sales")
    course = make_course(topics=[topic])
    assert '/courses/?topic=sales"' in client.get(course.url).content.decode()
