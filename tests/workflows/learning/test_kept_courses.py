"""Learning in a course that is unpublished or kept to others: nothing moves, and nothing is lost."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from wagtail.models import PageViewRestriction

from cms.catalog.models import CoursePage, LessonPage
from gradus import flow
from gradus.accounts.models import User
from gradus.accounts.roles import SYSTEM
from tests.workflows.learning.conftest import Send
from workflows.learning import selectors, services
from workflows.learning.models import CourseProgress


def keep(page: CoursePage | LessonPage) -> None:
    group, _made = Group.objects.get_or_create(name="Cohort")
    PageViewRestriction.objects.create(page=page, restriction_type="groups").groups.add(group)


def hide(course: CoursePage, how: str) -> None:
    if how == "unpublished":
        course.unpublish()
    else:
        keep(course)


HOWS = pytest.mark.parametrize("how", ["unpublished", "kept"])


@HOWS
def test_nobody_enrols_in_it(client: Client, student: User, course: CoursePage, how: str) -> None:
    client.force_login(student)
    address = f"/learning/courses/{course.pk}/enrol/"
    assert client.get(address).status_code == 200
    hide(course, how)
    assert (client.get(address).status_code, client.post(address).status_code) == (404, 404)
    with pytest.raises(flow.Denied):
        services.enrol(user=student, course=CoursePage.objects.get(pk=course.pk))
    assert not CourseProgress.objects.exists()


@HOWS
def test_what_was_reached_stays_and_goes_on_afterwards(
    client: Client, send: Send, enrolled: CourseProgress, film: LessonPage, text: LessonPage, how: str
) -> None:
    client.force_login(enrolled.user)
    assert send(film, [[0, 2]]).status_code == 200
    hide(enrolled.course, how)
    assert send(film, [[0, 4]]).status_code == 404
    assert client.post(f"/learning/lessons/{text.pk}/read/").status_code == 404
    assert [client.get(lesson.url).status_code for lesson in (film, text)] == [404, 404]
    assert client.get(f"/learning/video/{film.video_id}/").status_code == 404
    mine = client.get("/learning/").content.decode()
    assert "Pricing" in mine
    assert film.url not in mine
    assert enrolled.course.url not in mine
    PageViewRestriction.objects.all().delete()
    CoursePage.objects.get().save_revision().publish()
    assert send(film, [[0, 4]]).json()["seconds"] == 4
    assert film.url in client.get("/learning/").content.decode()


def test_completed_courses_stay_completed(enrolled: CourseProgress, film: LessonPage, text: LessonPage) -> None:
    film.unpublish()
    services.mark_read(by=enrolled.user, lesson=text)
    assert CourseProgress.objects.get().state == "completed"
    enrolled.course.unpublish()
    services.settle_all(enrolled.course_id)
    assert CourseProgress.objects.get().state == "completed"


def test_taking_a_course_off_with_all_its_lessons_completes_nobody(
    enrolled: CourseProgress, film: LessonPage, text: LessonPage
) -> None:
    services.mark_read(by=enrolled.user, lesson=text)
    enrolled.course.unpublish()
    film.unpublish()
    assert services.settle_all(enrolled.course_id) == 0
    assert CourseProgress.objects.get().state == "in_progress"
    with pytest.raises(flow.FlowError):
        flow.apply(CourseProgress.objects.get(), "complete", by=SYSTEM)


def test_a_lesson_kept_to_some_is_not_needed_to_complete(
    enrolled: CourseProgress, film: LessonPage, text: LessonPage
) -> None:
    services.mark_read(by=enrolled.user, lesson=text)
    keep(film)
    assert [step.lesson for step in selectors.course_steps(enrolled).steps] == [text]
    assert services.settle_all(enrolled.course_id) == 1


def test_whoever_lost_the_role_has_no_list_any_more(client: Client, enrolled: CourseProgress, student: User) -> None:
    client.force_login(student)
    assert "Pricing" in client.get("/learning/").content.decode()
    student.groups.clear()
    assert "Pricing" not in client.get("/learning/").content.decode()
