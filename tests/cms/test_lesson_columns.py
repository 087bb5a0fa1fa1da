"""What follows from a lesson's place and published body is kept beside it."""

import pytest
from django.db.models import ProtectedError
from wagtail.actions.copy_page import CopyPageAction

from cms.catalog.models import CoursePage, LessonPage
from tests.cms.conftest import MakeCourse, MakeLesson, MakeVideo


def test_a_lesson_knows_its_course_video_and_length(
    make_course: MakeCourse, make_lesson: MakeLesson, make_video: MakeVideo
) -> None:
    course, video = make_course(), make_video(seconds=120)
    lesson = make_lesson(course, text="word " * 400, video=video)
    fresh = LessonPage.objects.with_sizes().get(pk=lesson.pk)
    assert (fresh.course, fresh.video, fresh.reading_seconds, fresh.seconds) == (course, video, 120, 240)
    assert fresh.minutes == 4


def test_a_draft_leaves_the_columns_of_the_published_body_alone(make_lesson: MakeLesson, make_video: MakeVideo) -> None:
    lesson = make_lesson(video=make_video())
    draft = lesson.get_latest_revision_as_object()
    draft.body = [("text", "<p>Only words now</p>")]
    revision = draft.save_revision()
    assert LessonPage.objects.get(pk=lesson.pk).video is not None
    revision.publish()
    assert LessonPage.objects.get(pk=lesson.pk).video is None


def test_a_moved_lesson_belongs_to_its_new_course(make_course: MakeCourse, make_lesson: MakeLesson) -> None:
    old, new = make_course("Old"), make_course("New")
    lesson = make_lesson(old)
    lesson.move(new, pos="last-child")
    assert LessonPage.objects.get(pk=lesson.pk).course == new


def test_copying_a_course_copies_its_lessons_to_the_copy(
    make_course: MakeCourse, make_lesson: MakeLesson, make_video: MakeVideo
) -> None:
    course = make_course("Pricing")
    make_lesson(course, "One", video=make_video())
    copy = CopyPageAction(course, recursive=True, update_attrs={"slug": "pricing-two", "title": "Pricing two"}).execute(
        skip_permission_checks=True
    )
    twin = CoursePage.objects.get(pk=copy.pk)
    assert [lesson.title for lesson in twin.lessons.all()] == ["One"]
    assert twin.lessons.get().video == course.lessons.get().video


def test_a_course_is_as_long_as_its_published_lessons(
    make_course: MakeCourse, make_lesson: MakeLesson, make_video: MakeVideo
) -> None:
    course = make_course()
    make_lesson(course, "One", text="word " * 200, video=make_video(seconds=30))
    make_lesson(course, "Two", text="word " * 200)
    make_lesson(course, "Draft", text="word " * 200, live=False)
    sized = CoursePage.objects.with_sizes().get(pk=course.pk)
    assert (sized.lesson_count, sized.total_seconds) == (2, 120 + 60)


@pytest.mark.parametrize(("seconds", "minutes"), [(1, 1), (29, 1), (89, 1), (90, 2), (151, 3)])
def test_the_site_and_the_editors_list_say_the_same_minutes(
    make_course: MakeCourse, make_lesson: MakeLesson, make_video: MakeVideo, seconds: int, minutes: int
) -> None:
    course = make_course()
    lessons = [make_lesson(course, title, text="", video=make_video(seconds=seconds)) for title in ("One", "Two")]
    LessonPage.objects.update(reading_seconds=0)
    shown = [lesson.seconds for lesson in LessonPage.objects.with_sizes()]
    assert shown == [minutes * 60] * len(lessons)
    assert [lesson.minutes for lesson in LessonPage.objects.all()] == [minutes] * len(lessons)
    assert CoursePage.objects.with_sizes().get(pk=course.pk).total_seconds == sum(shown)


def test_a_video_in_use_cannot_be_deleted(make_lesson: MakeLesson, make_video: MakeVideo) -> None:
    video = make_video()
    make_lesson(video=video)
    with pytest.raises(ProtectedError):
        video.delete()
