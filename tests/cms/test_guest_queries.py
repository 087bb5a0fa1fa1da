"""Guests' pages take at most twelve queries, however much there is to show."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cms.catalog.models import LessonFile, Topic
from tests.cms.conftest import MakeCourse, MakeLesson, MakeVideo

LIMIT = 12


@pytest.fixture
def queries(client: Client, django_assert_max_num_queries: Callable[..., Any]) -> Callable[[str], int]:
    """How many queries a guest's page takes once the process knows its sites and the images have their renditions."""

    def count(url: str) -> int:
        client.get(url)
        with django_assert_max_num_queries(LIMIT) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    return count


@pytest.fixture
def grow(make_course: MakeCourse, make_lesson: MakeLesson, instructor: Any, picture: Any) -> Callable[[int], Any]:
    """Adds so many courses with a cover, topics, instructors and three lessons each."""

    def add(number: int) -> Any:
        for _each in range(number):
            topic = Topic.objects.create(name=f"T{Topic.objects.count()}", slug=f"t{Topic.objects.count()}")
            course = make_course(cover=picture, topics=[topic], instructors=[instructor])
            for title in ("One", "Two", "Three"):
                make_lesson(course, title, is_preview=True)
        return course

    return add


@pytest.mark.parametrize("query", ["", "?q=pricing", "?level=foundation"])
def test_the_catalogue(queries: Callable[[str], int], grow: Callable[[int], Any], query: str) -> None:
    grow(2)
    few = queries(f"/courses/{query}")
    grow(8)
    assert queries(f"/courses/{query}") == few


def test_home(queries: Callable[[str], int], grow: Callable[[int], Any]) -> None:
    grow(1)
    few = queries("/")
    grow(5)
    assert queries("/") == few


def test_a_course(queries: Callable[[str], int], grow: Callable[[int], Any], make_lesson: MakeLesson) -> None:
    course = grow(1)
    few = queries(course.url)
    for number in range(10):
        make_lesson(course, f"More {number}")
    assert queries(course.url) == few


def test_a_lesson_with_everything_in_it(
    queries: Callable[[str], int],
    grow: Callable[[int], Any],
    make_lesson: MakeLesson,
    make_video: MakeVideo,
    picture: Any,
) -> None:
    course = grow(1)
    video = make_video(poster=picture, transcript="All of it.")
    sheet = LessonFile.objects.create(title="Sheet", file="catalog/files/none.pdf")
    figure = {"image": picture, "caption": ""}
    picture.contextual_alt_text, picture.decorative = "Steps", False
    body = [("image", figure), ("video", {"video": video}), ("file", {"file": sheet})]
    lesson = make_lesson(course, "Full", body=[*body, ("image", figure)], is_preview=True)
    few = queries(lesson.url)
    for number in range(10):
        make_lesson(course, f"More {number}", video=make_video(f"Video {number}"))
    assert queries(lesson.url) == few
