"""The two books of learning: their own tests, every row with a real object, and each filter equal to its decision."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client
from django.utils.html import escape

from cms.catalog.models import CoursePage, LessonPage
from gradus import flow, policy
from gradus.accounts.models import User
from gradus.accounts.roles import GUEST, SYSTEM, Role, actor_for
from gradus.rulebook import store
from gradus.rulebook.seeing.addresses import person_url, why_url
from tests.cms.conftest import MakeLesson
from tests.workflows.learning.conftest import Send
from tests.workflows.learning.test_completion import watch
from workflows.learning import services
from workflows.learning.models import CourseProgress

PEOPLE = ["student", "other_student", "instructor", "editor", "analyst", "admin", "superuser", "outsider"]
MINE = {"view", "learn", "pause"}
EXPECTED = {
    "student": MINE,
    "other_student": set(),
    "instructor": {"view"},
    "editor": set(),
    "analyst": {"view"},
    "admin": {"view", "pause"},
    "superuser": {"view", "pause"},
    "outsider": set(),
}


@pytest.fixture
def going_on(enrolled: CourseProgress, film: LessonPage) -> CourseProgress:
    watch(enrolled.user, film, (0, 100))
    return CourseProgress.objects.get()


def allowed(who: Any, obj: Any) -> set[str]:
    return {name for name in policy.active().book(obj._meta.label, "").rules if policy.decide(who, name, obj).allowed}


@pytest.mark.django_db
def test_the_books_pass_their_own_tests() -> None:
    call_command("rules", "test")


@pytest.mark.parametrize("who", PEOPLE)
def test_what_each_may_do_with_a_course_going_on(
    request: pytest.FixtureRequest, going_on: CourseProgress, who: str
) -> None:
    assert allowed(request.getfixturevalue(who), going_on) == EXPECTED[who]


def test_the_last_lesson_allows_completion_to_those_named(
    going_on: CourseProgress, text: LessonPage, other_student: Any, instructor: Any, admin: Any
) -> None:
    everyone = [going_on.user, admin, SYSTEM, other_student, instructor, GUEST]
    assert not any(policy.decide(who, "complete", going_on).allowed for who in everyone)
    going_on.lessons.create(lesson=text, completed_at=going_on.created_at)
    assert [policy.decide(who, "complete", going_on).allowed for who in everyone] == [True] * 3 + [False] * 3


@pytest.mark.parametrize("who", PEOPLE)
def test_each_filter_finds_what_is_decided(
    request: pytest.FixtureRequest, going_on: CourseProgress, text: LessonPage, make_lesson: MakeLesson,
    other_student: Any, who: str,
) -> None:  # fmt: skip
    services.enrol(user=other_student, course=make_lesson(None, "Elsewhere", is_preview=True).course)
    make_lesson(going_on.course, "Draft", live=False)
    done = services.enrol(user=other_student, course=going_on.course)
    watch(other_student, LessonPage.objects.get(title="Film"), (0, 100))
    services.mark_read(by=other_student, lesson=text)
    assert CourseProgress.objects.get(pk=done.pk).state == "completed"
    person = request.getfixturevalue(who)
    for model in (CourseProgress, LessonPage):
        for name in policy.active().book(model._meta.label, "").rules:
            found = set(policy.filter(model.objects.all(), name, person))
            assert found == {obj for obj in model.objects.all() if policy.decide(person, name, obj).allowed}, name


def test_terms_filter_what_they_test(
    going_on: CourseProgress, text: LessonPage, make_lesson: MakeLesson, other_student: Any
) -> None:
    empty = make_lesson(None, "Unpublished", live=False).course
    services.enrol(user=other_student, course=empty)
    services.enrol(user=other_student, course=going_on.course)
    going_on.lessons.create(lesson=text, completed_at=going_on.created_at)
    from gradus.policy import terms

    for model in (CourseProgress, LessonPage):
        for term in terms.for_model(model._meta.label).values():
            for person in (going_on.user, other_student, None):
                q = term.q(person)
                found = (
                    set(model.objects.filter(q))
                    if not isinstance(q, bool)
                    else set(model.objects.all())
                    if q
                    else set()
                )
                assert found == {obj for obj in model.objects.all() if term.test(person, obj)}, term.name


def test_guests_and_the_system_open_only_what_is_for_everybody(film: LessonPage) -> None:
    assert allowed(GUEST, film) == {"know"}
    assert allowed(SYSTEM, film) == set()
    assert actor_for(None).role is Role.GUEST


def test_a_lesson_kept_from_administrators_leads_them_to_the_reason(
    client: Client, film: LessonPage, admin: User, student: User
) -> None:
    texts = store.files()
    closed = texts["lessons.toml"].replace('admin      = "always"\n\n[[tests]]', 'admin      = "never"\n\n[[tests]]', 1)
    assert closed != texts["lessons.toml"]
    for person, led in ((admin, True), (student, False)):
        client.force_login(person, "django.contrib.auth.backends.ModelBackend")
        with policy.using(policy.load_texts({**texts, "lessons.toml": closed})):
            page = client.get(film.get_url())
            captions = client.get(f"/learning/video/{film.video_id}/captions/", headers={"accept": "text/html"})
        assert (page.status_code, captions.status_code) == (403, 403)
        there = str(escape(why_url(person.pk, film, "open", person.acting_role)))
        assert (there in page.content.decode(), there in captions.content.decode()) == (led, led)


def test_what_learning_refuses_leads_administrators_to_the_reason(
    client: Client, course: CoursePage, admin: User, instructor: User
) -> None:
    for person, led in ((admin, 1), (instructor, 0)):
        client.force_login(person, "django.contrib.auth.backends.ModelBackend")
        there = str(escape(person_url(person.pk, person.acting_role)))
        invited = client.get(course.get_url()).content.decode()
        assert "Only students enrol." in invited
        assert invited.count(there) == led
        refused = client.post(f"/learning/courses/{course.pk}/enrol/", follow=True).content.decode()
        assert "Only students may do this." in refused
        assert refused.count(there) == 2 * led


def test_a_report_that_is_refused_leads_there_too(
    client: Client, send: Send, going_on: CourseProgress, film: LessonPage, student: User
) -> None:
    client.force_login(student, "django.contrib.auth.backends.ModelBackend")
    flow.apply(going_on, "pause", by=student)
    answer = send(film, [[0, 5]])
    assert (answer.status_code, "why" in answer.json()) == (403, False)
    student.groups.add(Group.objects.get_or_create(name=Role.ADMIN)[0])
    answer = send(film, [[0, 5]])
    assert (answer.status_code, answer.json()["why"]) == (403, why_url(student.pk, going_on, "learn", "admin"))
