"""A lesson is complete when it was watched or read, a course when its lessons are; and it stays so."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from cms.catalog.models import CoursePage, LessonPage
from gradus import flow, policy
from gradus.accounts.models import User
from tests.cms.conftest import MakeLesson, MakeVideo
from workflows.learning import reports, selectors, services, signals
from workflows.learning.models import CourseProgress, LessonProgress
from workflows.learning.ranges import Ranges
from workflows.learning.reports import Report


def watch(user: User, lesson: LessonPage, *watched: tuple[int, int], position: int = 0) -> LessonProgress:
    report = Report(reports.UUID(int=hash(watched) % 2**64), Ranges(watched), position, timezone.now() - timedelta(1))
    return services.take_report(by=user, lesson=lesson, report=report)


@pytest.fixture
def done(enrolled: CourseProgress, film: LessonPage, text: LessonPage) -> CourseProgress:
    """The course, completed."""
    watch(enrolled.user, film, (0, 100))
    services.mark_read(by=enrolled.user, lesson=text)
    return CourseProgress.objects.get()


def test_a_video_is_complete_at_95_percent_of_its_seconds(enrolled: CourseProgress, film: LessonPage) -> None:
    assert watch(enrolled.user, film, (0, 94)).completed_at is None
    assert watch(enrolled.user, film, (99, 100)).completed_at is not None


def test_how_much_of_a_video_is_enough_is_a_rule(client: Client, enrolled: CourseProgress, film: LessonPage) -> None:
    folder = Path(settings.RULES_DIR)
    texts = {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in folder.rglob("*.toml")}
    texts["metrics.toml"] = texts["metrics.toml"].replace("value = 95", "value = 60")
    client.force_login(enrolled.user)
    with policy.using(policy.load_texts(texts)):
        assert "complete when 60 % of its video is watched" in client.get(film.get_url()).content.decode()
        assert watch(enrolled.user, film, (0, 59)).completed_at is None
        assert watch(enrolled.user, film, (59, 60)).completed_at is not None


def test_dragging_to_the_end_counts_nothing(enrolled: CourseProgress, film: LessonPage) -> None:
    progress = watch(enrolled.user, film, (0, 3), (98, 100), position=100)
    assert (progress.seconds_watched, progress.completed_at) == (5, None)


def test_a_text_is_complete_when_marked_as_read(
    client: Client, enrolled: CourseProgress, film: LessonPage, text: LessonPage
) -> None:
    client.force_login(enrolled.user)
    response = client.post(f"/learning/lessons/{text.pk}/read/")
    assert response["Location"] == text.get_url()
    assert LessonProgress.objects.get(lesson=text).completed_at is not None
    assert CourseProgress.objects.get().state == "in_progress"


def test_after_a_text_the_next_lesson_opens(
    client: Client, enrolled: CourseProgress, text: LessonPage, make_lesson: MakeLesson
) -> None:
    following = make_lesson(text.course, "After")
    client.force_login(enrolled.user)
    assert client.post(f"/learning/lessons/{text.pk}/read/")["Location"] == following.get_url()


def test_a_video_cannot_be_marked_as_read(client: Client, enrolled: CourseProgress, film: LessonPage) -> None:
    with pytest.raises(flow.NotNow):
        services.mark_read(by=enrolled.user, lesson=film)
    client.force_login(enrolled.user)
    assert client.post(f"/learning/lessons/{film.pk}/read/").status_code == 302
    assert not LessonProgress.objects.exists()


def test_a_text_is_marked_by_enrolled_people_only(
    client: Client, enrolled: CourseProgress, text: LessonPage, other_student: User
) -> None:
    address = f"/learning/lessons/{text.pk}/read/"
    assert "/login/" in client.post(address)["Location"]
    client.force_login(other_student)
    client.post(address)
    with pytest.raises(flow.Denied):
        services.mark_read(by=other_student, lesson=text)
    assert not LessonProgress.objects.exists()
    client.force_login(enrolled.user)
    text.unpublish()
    assert client.post(address).status_code == 404


def test_the_last_lesson_completes_the_course_in_the_same_request(
    client: Client, enrolled: CourseProgress, film: LessonPage, text: LessonPage
) -> None:
    watch(enrolled.user, film, (0, 100))
    assert CourseProgress.objects.get().state == "in_progress"
    client.force_login(enrolled.user)
    client.post(f"/learning/lessons/{text.pk}/read/")
    progress = CourseProgress.objects.get()
    assert progress.state == "completed"
    assert [record.transition for record in flow.history(progress)] == ["enrol", "start", "complete"]


def test_a_course_is_not_completed_by_hand_before_that(enrolled: CourseProgress, film: LessonPage) -> None:
    watch(enrolled.user, film, (0, 50))
    with pytest.raises(flow.Denied, match="every lesson"):
        flow.apply(CourseProgress.objects.get(), "complete", by=enrolled.user)


def test_a_lesson_added_later_is_new_and_takes_nothing_away(
    done: CourseProgress, course: CoursePage, make_lesson: MakeLesson
) -> None:
    make_lesson(course, "Added")
    steps = selectors.course_steps(CourseProgress.objects.get())
    assert [step.state for step in steps.steps] == ["done", "done", "new"]
    assert (steps.progress.state, steps.new) == ("completed", 1)


def test_a_longer_video_does_not_take_a_completed_lesson_back(
    done: CourseProgress, film: LessonPage, make_video: MakeVideo
) -> None:
    film.body = [("video", {"video": make_video(seconds=900), "caption": ""})]
    film.save_revision().publish()
    film = LessonPage.objects.get(pk=film.pk)
    progress = watch(done.user, film, (200, 210))
    assert progress.completed_at is not None
    assert CourseProgress.objects.get().state == "completed"


def test_a_new_lesson_can_be_learned_after_completion(
    done: CourseProgress, course: CoursePage, make_lesson: MakeLesson
) -> None:
    services.mark_read(by=done.user, lesson=make_lesson(course, "Added"))
    steps = selectors.course_steps(CourseProgress.objects.get())
    assert (steps.new, steps.percent, steps.next) == (0, 100, None)


def test_no_transition_leads_out_of_completed(done: CourseProgress, admin: User) -> None:
    moves = flow.machine(CourseProgress).moves.values()
    assert not [move.name for move in moves if "completed" in move.sources]
    for who in (done.user, admin):
        assert not [offer.name for offer in flow.offers(done, who) if offer.allowed]


def test_taking_the_last_open_lesson_off_completes_the_course(
    enrolled: CourseProgress, film: LessonPage, text: LessonPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued = []
    monkeypatch.setattr(signals, "async_task", lambda name, course_id: queued.append((name, course_id)))
    watch(enrolled.user, film, (0, 100))
    text.unpublish()
    assert queued == [("workflows.learning.services.settle_all", enrolled.course_id)]
    assert services.settle_all(enrolled.course_id) == 1
    progress = CourseProgress.objects.get()
    assert progress.state == "completed"
    assert flow.history(progress).last().role == "system"
    assert services.settle_all(enrolled.course_id) == 0
