"""A published course with a video and a text, and a student on the way through it."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from cms.catalog.models import CoursePage, LessonPage, Video
from gradus.accounts.models import User
from tests.cms.conftest import (
    CAPTIONS,
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
from workflows.learning import services
from workflows.learning.models import CourseProgress

__all__ = ["catalogue", "make_course", "make_lesson", "make_video", "private_files", "site"]

SECONDS = 100
Send = Callable[..., Any]


@pytest.fixture
def video(make_video: MakeVideo) -> Video:
    captions = ContentFile(CAPTIONS.encode(), "walk.vtt")
    return make_video(seconds=SECONDS, captions=captions, transcript="Every step counts.")


@pytest.fixture
def course(make_course: MakeCourse) -> CoursePage:
    return make_course("Pricing")


@pytest.fixture
def film(course: CoursePage, video: Video, make_lesson: MakeLesson) -> LessonPage:
    """A lesson with a video of 100 seconds."""
    return make_lesson(course, "Film", video=video)


@pytest.fixture
def text(course: CoursePage, film: LessonPage, make_lesson: MakeLesson) -> LessonPage:
    """The lesson after it, of text alone."""
    return make_lesson(course, "Text")


@pytest.fixture
def enrolled(student: User, course: CoursePage, film: LessonPage, text: LessonPage) -> CourseProgress:
    return services.enrol(user=student, course=course)


@pytest.fixture
def send(client: Client) -> Send:
    """Send a player's report: `send(film, [[0, 5]], position=5)`."""

    def send(lesson: LessonPage, ranges: Any, *, position: Any = 0, key: str = "", **more: Any) -> Any:
        data = {"id": key or str(uuid.uuid4()), "ranges": json.dumps(ranges), "position": position, **more}
        return client.post(f"/learning/lessons/{lesson.pk}/reports/", data)

    return send
