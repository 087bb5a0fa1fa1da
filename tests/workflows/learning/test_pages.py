"""What a student sees: their courses, a course's aside, a lesson's panel, and why a lesson is locked."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from cms.catalog.models import CoursePage, LessonPage
from gradus.accounts.models import User
from gradus.accounts.roles import Role
from tests.cms.conftest import MakeCourse, MakeLesson
from tests.conftest import MakePerson
from tests.workflows.learning.test_completion import watch
from workflows.learning import services
from workflows.learning.models import CourseProgress

QUERIES_SIGNED_IN = 20


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def busy(enrolled: CourseProgress, film: LessonPage) -> CourseProgress:
    """A student in the middle of the first video."""
    watch(enrolled.user, film, (0, 40), position=40)
    return CourseProgress.objects.get()


def test_my_learning_is_for_people_who_are_signed_in(client: Client, student: User) -> None:
    assert "/login/" in client.get("/learning/")["Location"]
    client.force_login(student)
    assert client.get("/learning/").status_code == 200
    assert client.post("/learning/").status_code == 405


def test_without_courses_it_says_where_to_find_one(client: Client, student: User) -> None:
    client.force_login(student)
    content = text_of(client.get("/learning/"))
    assert "No courses yet" in content
    assert 'href="/courses/"' in content


def test_my_learning_leads_back_to_where_one_left(client: Client, busy: CourseProgress, film: LessonPage) -> None:
    client.force_login(busy.user)
    content = text_of(client.get("/learning/"))
    assert "Continue where you left" in content
    assert f'href="{film.get_url()}"' in content
    assert "0 of 2" in content


def test_courses_stand_by_state(client: Client, busy: CourseProgress, make_course: MakeCourse) -> None:
    services.enrol(user=busy.user, course=make_course("Another"))
    client.force_login(busy.user)
    content = text_of(client.get("/learning/"))
    assert content.index("Pricing") < content.index("Another")
    client.post(f"/learning/progress/{busy.pk}/pause/")
    content = text_of(client.get("/learning/"))
    assert content.index(">Enrolled</h2>") < content.index(">Paused</h2>")


def test_pausing_and_resuming_by_button(client: Client, busy: CourseProgress) -> None:
    client.force_login(busy.user)
    for name, state in (("pause", "paused"), ("resume", "in_progress")):
        assert f"/learning/progress/{busy.pk}/{name}/" in text_of(client.get("/learning/"))
        response = client.post(f"/learning/progress/{busy.pk}/{name}/", {"next": "/learning/"})
        assert response["Location"] == "/learning/"
        assert CourseProgress.objects.get().state == state


def test_what_has_not_begun_cannot_be_paused_and_no_button_says_so(client: Client, enrolled: CourseProgress) -> None:
    client.force_login(enrolled.user)
    content = text_of(client.get("/learning/"))
    assert "Pause" not in content
    client.post(f"/learning/progress/{enrolled.pk}/pause/")
    assert CourseProgress.objects.get().state == "enrolled"


def test_nobody_pauses_for_somebody_else(
    client: Client, busy: CourseProgress, other_student: User, instructor: User, admin: User
) -> None:
    address = f"/learning/progress/{busy.pk}/pause/"
    assert client.get(address).status_code == 302
    client.force_login(other_student)
    assert client.post(address).status_code == 404
    client.force_login(instructor)
    client.post(address)
    assert CourseProgress.objects.get().state == "in_progress"
    client.force_login(admin)
    client.post(address)
    assert CourseProgress.objects.get().state == "paused"


def test_the_way_back_stays_on_this_site(client: Client, busy: CourseProgress) -> None:
    client.force_login(busy.user)
    response = client.post(f"/learning/progress/{busy.pk}/pause/", {"next": "https://elsewhere.example/"})
    assert response["Location"] == busy.course.get_url()


def test_the_course_page_offers_to_enrol(
    client: Client, course: CoursePage, student: User, instructor: User, film: LessonPage
) -> None:
    assert "Sign in to enrol" in text_of(client.get(course.get_url()))
    client.force_login(instructor)
    assert "Only students enrol" in text_of(client.get(course.get_url()))
    client.force_login(student)
    assert f'action="/learning/courses/{course.pk}/enrol/"' in text_of(client.get(course.get_url()))


def test_the_way_in_comes_before_the_lessons(client: Client, course: CoursePage, film: LessonPage) -> None:
    content = text_of(client.get(course.get_url()))
    assert content.index("Sign in to enrol") < content.index('id="lessons"')


def test_a_lesson_open_to_all_ends_with_the_way_in(
    client: Client, film: LessonPage, student: User, instructor: User
) -> None:
    LessonPage.objects.filter(pk=film.pk).update(is_preview=True)
    enrol = f"/learning/courses/{film.course_id}/enrol/"
    content = text_of(client.get(film.get_url()))
    assert "Take this course" in content
    assert f'href="/accounts/login/?next={enrol}"' in content
    assert f'href="/accounts/signup/?next={enrol}"' in content
    client.force_login(student)
    assert f'action="{enrol}"' in text_of(client.get(film.get_url()))
    client.force_login(instructor)
    assert "Take this course" not in text_of(client.get(film.get_url()))


def test_a_paused_courses_open_lesson_offers_to_resume(client: Client, busy: CourseProgress, film: LessonPage) -> None:
    LessonPage.objects.filter(pk=film.pk).update(is_preview=True)
    client.force_login(busy.user)
    client.post(f"/learning/progress/{busy.pk}/pause/")
    content = text_of(client.get(film.get_url()))
    assert "You have paused this course." in content
    assert "learning-panel" not in content
    assert f'action="/learning/progress/{busy.pk}/resume/"' in content
    assert f'name="next" value="{film.get_url()}"' in content


def test_the_course_page_shows_where_one_is(
    client: Client, busy: CourseProgress, course: CoursePage, text: LessonPage
) -> None:
    client.force_login(busy.user)
    content = text_of(client.get(course.get_url()))
    assert "Your progress" in content
    assert "Continue" in content
    client.post(f"/learning/progress/{busy.pk}/pause/")
    assert "Your lessons wait" in text_of(client.get(course.get_url()))


def test_a_lesson_added_later_is_announced(
    client: Client, enrolled: CourseProgress, film: LessonPage, text: LessonPage, make_lesson: MakeLesson
) -> None:
    watch(enrolled.user, film, (0, 100))
    services.mark_read(by=enrolled.user, lesson=text)
    added = make_lesson(enrolled.course, "Added")
    client.force_login(enrolled.user)
    assert "1 new lesson" in text_of(client.get(enrolled.course.get_url()))
    assert "1 new lesson" in text_of(client.get("/learning/"))
    assert "New since you completed the course" in text_of(client.get(added.get_url()))


@pytest.mark.parametrize(
    ("who", "reason", "action"),
    [
        (None, "for people enrolled", "Sign in to enrol"),
        ("student", "not enrolled in this course yet", "Enrol in this course"),
        ("outsider", "Ask the academy", "Go to the course"),
        ("analyst", "Ask the academy", "Go to the course"),
    ],
)
def test_a_locked_lesson_says_why_and_what_to_do(
    request: pytest.FixtureRequest, client: Client, film: LessonPage, who: str | None, reason: str, action: str
) -> None:
    if who:
        client.force_login(request.getfixturevalue(who))
    response = client.get(film.get_url())
    content = text_of(response)
    assert response.status_code == 403
    assert reason in content
    assert action in content
    assert "<video" not in content


def test_somebody_with_two_roles_is_told_to_switch(client: Client, film: LessonPage, make_person: MakePerson) -> None:
    client.force_login(make_person("Both", Role.STUDENT, Role.ANALYST))
    assert "Switch to the student mode" in text_of(client.get(film.get_url()))


def test_a_paused_course_says_how_to_go_on(client: Client, busy: CourseProgress, film: LessonPage) -> None:
    client.force_login(busy.user)
    client.post(f"/learning/progress/{busy.pk}/pause/")
    content = text_of(client.get(film.get_url()))
    assert "You have paused this course." in content
    assert "Go to the course to resume" in content


def test_the_player_resumes_and_knows_where_to_report(client: Client, busy: CourseProgress, film: LessonPage) -> None:
    client.force_login(busy.user)
    content = text_of(client.get(film.get_url()))
    assert 'data-position="40"' in content
    assert 'data-seconds="100"' in content
    assert f'data-report-url="/learning/lessons/{film.pk}/reports/"' in content
    assert "learning/player.js" in content
    assert "40 % watched" in content


def test_who_only_looks_reports_nothing(client: Client, instructor: User, student: User, film: LessonPage) -> None:
    LessonPage.objects.filter(pk=film.pk).update(is_preview=True)
    for person in (None, student, instructor):
        if person:
            client.force_login(person)
        content = text_of(client.get(film.get_url()))
        assert "<video" in content
        assert "data-report-url" not in content
        assert "learning/player.js" not in content


def test_a_text_is_marked_as_read_without_javascript(
    client: Client, enrolled: CourseProgress, text: LessonPage
) -> None:
    client.force_login(enrolled.user)
    content = text_of(client.get(text.get_url()))
    assert f'action="/learning/lessons/{text.pk}/read/"' in content
    assert "learning/player.js" not in content
    client.post(f"/learning/lessons/{text.pk}/read/")
    content = text_of(client.get(text.get_url()))
    assert "Lesson complete" in content
    assert f'action="/learning/lessons/{text.pk}/read/"' not in content


def test_the_next_step_is_big_until_the_course_is_completed(
    client: Client, enrolled: CourseProgress, film: LessonPage, text: LessonPage
) -> None:
    client.force_login(enrolled.user)
    watch(enrolled.user, film, (0, 100))
    assert '<a class="g-button g-button--step" data-next' in text_of(client.get(film.get_url()))
    services.mark_read(by=enrolled.user, lesson=text)
    assert '<a class="g-button" data-next' in text_of(client.get(film.get_url()))


@pytest.fixture
def counted(client: Client, django_assert_max_num_queries: DjangoAssertNumQueries) -> Callable[[str], int]:
    def count(url: str) -> int:
        client.get(url)
        with django_assert_max_num_queries(QUERIES_SIGNED_IN) as captured:
            assert client.get(url).status_code == 200
        return len(captured.captured_queries)

    return count


def test_pages_take_few_queries_that_do_not_grow(
    client: Client, counted: Callable[[str], int], busy: CourseProgress, film: LessonPage, text: LessonPage,
    make_course: MakeCourse, make_lesson: MakeLesson,
) -> None:  # fmt: skip
    client.force_login(busy.user)
    addresses = ["/learning/", busy.course.get_url(), film.get_url(), text.get_url()]
    few = [counted(url) for url in addresses]
    for number in range(4):
        make_lesson(busy.course, f"More {number}")
        other = make_course(f"Other {number}")
        services.enrol(user=busy.user, course=other)
        services.mark_read(by=busy.user, lesson=make_lesson(other, "Text"))
    assert [counted(url) for url in addresses] == few
