"""The demo academy: complete, readable, and loaded once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.test import Client
from wagtail.images import get_image_model
from wagtail.models import Page, Revision

from cms.catalog import demo, markup, media
from cms.catalog.blocks import LessonBody
from cms.catalog.models import CoursePage, LessonFile, LessonPage, Video
from cms.site.services import ensure_site
from gradus.accounts.models import User
from gradus.accounts.roles import HELD
from gradus.core import videos
from tests.academy import loaded

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("demo")]
FIXTURES = Path(settings.FIXTURES_DIR)


@pytest.fixture(autouse=True)
def private_files() -> None:
    """Those of the academy, not of each test."""


@pytest.fixture(scope="module")
def academy(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[demo.Loaded]:
    def load() -> demo.Loaded:
        ensure_site()
        return demo.load(FIXTURES, password="secret")

    with loaded(load, django_db_blocker, tmp_path_factory.mktemp("private")) as academy:
        yield academy


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


def test_every_course_has_films_that_are_what_they_say(academy: demo.Loaded) -> None:
    for course in academy.courses:
        assert course.lessons.exclude(video=None).count() >= 2
    for video in Video.objects.all():
        video.full_clean()
        assert (video.poster is not None, bool(video.transcript)) == (True, True)
        with video.file.open("rb") as film, video.captions.open("r") as captions:
            assert videos.mp4_seconds(film) == video.seconds
            starts_and_ends = [moment for cue in media.cues(captions.read()) for moment in cue]
        assert starts_and_ends == sorted(starts_and_ends)
        assert starts_and_ends[-1] <= video.seconds
    video.seconds += 10
    with pytest.raises(ValidationError, match=f"{video.seconds - 10} seconds"):
        video.full_clean()


def test_every_film_is_shown_in_a_lesson_and_begins_to_play_at_once(academy: demo.Loaded) -> None:
    films = sorted((FIXTURES / "videos").glob("*.mp4"))
    assert LessonPage.objects.exclude(video=None).count() == len(films) == Video.objects.count()
    for film in films:
        content = film.read_bytes()
        assert content.index(b"moov") < content.index(b"mdat")
        assert len(content) < 150_000


def test_lessons_show_every_kind_of_block_that_needs_no_other_site(academy: demo.Loaded) -> None:
    shown = {block.block_type for lesson in LessonPage.objects.all() for block in lesson.body}
    assert shown == set(LessonBody().child_blocks) - {"embed"}
    assert sum(lesson.files.count() for lesson in LessonPage.objects.all()) == LessonFile.objects.count() == 2
    for figure in (figure for lesson in LessonPage.objects.all() for figure in lesson.blocks("image")):
        assert len(figure["image"].contextual_alt_text) > 40
        assert figure["caption"]


def test_loading_again_changes_nothing_and_keeps_what_editors_wrote(academy: demo.Loaded) -> None:
    course = CoursePage.objects.get(pk=academy.courses[0].pk)
    course.title = "Edited"
    course.save_revision().publish()
    kept = (Page, Revision, User, Video, LessonFile, get_image_model())
    before = [model.objects.count() for model in kept]
    demo.load(FIXTURES, password="secret")
    assert [model.objects.count() for model in kept] == before
    assert CoursePage.objects.get(pk=course.pk).title == "Edited"


def test_a_lesson_is_written_as_text() -> None:
    marks, words = "Title\n@preview\n> In short\n", "One *two*\nthree & `four`\n\n## Next\n- a\n- **b**\n"
    lesson = markup.parse_lesson(f"{marks}\n{words}\n::: tip Why\nBecause\n:::\n")
    assert (lesson.title, lesson.summary, lesson.is_preview) == ("Title", "In short", True)
    html = "<p>One <i>two</i> three &amp; <code>four</code></p><h2>Next</h2><ul><li>a</li><li><b>b</b></li></ul>"
    assert lesson.body == [("text", html), ("callout", {"tone": "tip", "title": "Why", "text": "<p>Because</p>"})]


def test_a_lesson_names_its_images_and_files() -> None:
    text = "Title\n\n::: image stair.png A stair\nFive steps,\nfive weeks.\n:::\n::: file list.csv The list\n:::\n"
    assert markup.parse_lesson(text).body == [
        ("image", {"image": "stair.png", "alt": "A stair", "caption": "Five steps, five weeks."}),
        ("file", {"file": "list.csv", "title": "The list", "description": ""}),
    ]


SLIPS = [
    "@what\n",
    "\n::: tip\nnever closed\n",
    "\n```text\nopen\n",
    "\n::: image stair.png\nNobody says what it shows\n:::\n",
    "\n::: file list.csv\n:::\n",
]


@pytest.mark.parametrize("text", SLIPS)
def test_a_slip_in_a_lesson_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"unknown mark|missing"):
        markup.parse_lesson(f"Title\n{text}")
