"""A site with a catalogue, and makers of courses and lessons. Import what you need from here in your own conftest."""

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from PIL import Image as PillowImage
from wagtail.images import get_image_model
from wagtail.models import Site

from cms.catalog.models import CourseIndexPage, CoursePage, LessonPage, Video
from cms.site.services import Pages, ensure_site

MakeCourse = Callable[..., CoursePage]
MakeLesson = Callable[..., LessonPage]
MakeVideo = Callable[..., Video]

WEBM = b"\x1aE\xdf\xa3\x87\x42\x82\x84webm" + b"\x18S\x80g\x01" + b"\xff" * 7 + bytes(range(256)) * 40
CAPTIONS = "WEBVTT\n\n00:00.000 --> 00:04.000\nEvery step counts.\n"


@pytest.fixture(autouse=True)
def private_files(settings: Any, tmp_path: Path) -> Path:
    """Private files of a test lie in its own folder."""
    settings.PRIVATE_ROOT = tmp_path / "private"
    return Path(settings.PRIVATE_ROOT)


@pytest.fixture(autouse=True)
def _searchable(search_index: None) -> None:
    """Here pages are what is tested, and words are how they are found."""


@pytest.fixture
def site(db: None) -> Iterator[Pages]:
    """Home and catalogue. Wagtail keeps site roots in the cache, which outlives a test's rollback."""
    cache.clear()
    Site.clear_site_root_paths_cache()
    yield ensure_site()
    cache.clear()


@pytest.fixture
def catalogue(site: Pages) -> CourseIndexPage:
    return site.courses


@pytest.fixture
def make_course(catalogue: CourseIndexPage) -> MakeCourse:
    """`make_course("Pricing", topics=[...], instructors=[...], level="expert", live=False)`."""

    def make(title: str = "Pricing your work", *, topics: Any = (), instructors: Any = (), **fields: Any) -> CoursePage:
        fields.setdefault("summary", f"What {title} is about.")
        course = CoursePage(title=title, **fields)
        course.topics, course.instructors = list(topics), list(instructors)
        catalogue.add_child(instance=course)
        return course

    return make


@pytest.fixture
def make_video(db: None) -> MakeVideo:
    def make(title: str = "A walk-through", *, seconds: int = 120, **fields: Any) -> Video:
        fields.setdefault("file", ContentFile(WEBM, "walk.webm"))
        video = Video(title=title, seconds=seconds, **fields)
        video.full_clean()
        video.save()
        return video

    return make


@pytest.fixture
def make_lesson(make_course: MakeCourse) -> MakeLesson:
    """`make_lesson(course, "Scope", text="...", video=video, is_preview=True)`; without a course it makes one."""

    def make(
        course: CoursePage | None = None, title: str = "Scope first", *, text: str = "", **fields: Any
    ) -> LessonPage:
        video = fields.pop("video", None)
        body = [("text", f"<p>{text or title}</p>")]
        body += [("video", {"video": video, "caption": ""})] if video else []
        lesson = LessonPage(title=title, **{"body": body, **fields})
        (course or make_course()).add_child(instance=lesson)
        return lesson

    return make


@pytest.fixture
def picture(db: None) -> Any:
    """An image of Wagtail's."""
    content = BytesIO()
    PillowImage.new("RGB", (1280, 720), "#335566").save(content, "PNG")
    return get_image_model().objects.create(title="Steps", file=ContentFile(content.getvalue(), "steps.png"))
