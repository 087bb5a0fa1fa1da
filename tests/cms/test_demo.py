"""The demo academy: complete, readable, and loaded once."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.test import Client
from wagtail.models import Page, Revision

from cms.catalog import demo, markup
from cms.catalog.models import CoursePage, LessonPage, Video
from gradus.accounts.models import User
from gradus.accounts.roles import HELD

FIXTURES = Path(settings.FIXTURES_DIR)


@pytest.fixture
def academy(site: object) -> demo.Loaded:
    return demo.load(FIXTURES, password="secret")


def test_the_academy_has_two_tracks_of_real_courses(academy: demo.Loaded, client: Client) -> None:
    assert len(academy.courses) >= 6
    assert {"agency", "saas"} <= {topic.slug for course in academy.courses for topic in course.topics.all()}
    lessons = LessonPage.objects.live()
    assert lessons.count() >= 30
    assert all(len(lesson.plain_text().split()) > 150 for lesson in lessons)
    assert all(course.outcomes and course.instructors.exists() and course.cover for course in academy.courses)
    assert {role for user in academy.people.values() for role in user.roles} == set(HELD)
    for course in academy.courses:
        opened = course.lessons.filter(is_preview=True).first()
        assert opened is not None
        assert client.get(opened.url).status_code == 200
        assert client.get(course.url).status_code == 200


def test_its_video_is_what_it_says(academy: demo.Loaded) -> None:
    video = Video.objects.get()
    video.full_clean()
    assert video.transcript
    assert video.captions
    video.seconds += 10
    with pytest.raises(ValidationError, match="36 seconds"):
        video.full_clean()


def test_loading_again_changes_nothing_and_keeps_what_editors_wrote(academy: demo.Loaded) -> None:
    course = CoursePage.objects.get(pk=academy.courses[0].pk)
    course.title = "Edited"
    course.save_revision().publish()
    before = (Page.objects.count(), Revision.objects.count(), User.objects.count(), Video.objects.count())
    demo.load(FIXTURES, password="secret")
    assert (Page.objects.count(), Revision.objects.count(), User.objects.count(), Video.objects.count()) == before
    assert CoursePage.objects.get(pk=course.pk).title == "Edited"


def test_a_lesson_is_written_as_text() -> None:
    marks, words = "Title\n@preview\n> In short\n", "One *two*\nthree & `four`\n\n## Next\n- a\n- **b**\n"
    lesson = markup.parse_lesson(f"{marks}\n{words}\n::: tip Why\nBecause\n:::\n")
    assert (lesson.title, lesson.summary, lesson.is_preview) == ("Title", "In short", True)
    html = "<p>One <i>two</i> three &amp; <code>four</code></p><h2>Next</h2><ul><li>a</li><li><b>b</b></li></ul>"
    assert lesson.body == [("text", html), ("callout", {"tone": "tip", "title": "Why", "text": "<p>Because</p>"})]


@pytest.mark.parametrize("text", ["Title\n@what\n", "Title\n\n::: tip\nnever closed\n", "Title\n\n```text\nopen\n"])
def test_a_slip_in_a_lesson_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"unknown mark|missing"):
        markup.parse_lesson(text)
