"""A student enrols in a published course, once."""

import pytest
from django.test import Client

from cms.catalog.models import CoursePage
from gradus import flow
from gradus.accounts.models import User
from tests.cms.conftest import MakeCourse
from workflows.learning import services
from workflows.learning.models import CourseProgress


def address(course: CoursePage) -> str:
    return f"/learning/courses/{course.pk}/enrol/"


def test_a_student_enrols_and_lands_on_the_course(client: Client, student: User, course: CoursePage) -> None:
    client.force_login(student)
    response = client.post(address(course))
    assert (response.status_code, response["Location"]) == (302, course.get_url())
    progress = CourseProgress.objects.get()
    assert (progress.user, progress.course_id, progress.state) == (student, course.pk, "enrolled")
    assert [record.transition for record in flow.history(progress)] == ["enrol"]


def test_enrolling_again_keeps_the_one_progress(client: Client, student: User, course: CoursePage) -> None:
    client.force_login(student)
    for _ in range(2):
        assert client.post(address(course)).status_code == 302
    assert CourseProgress.objects.count() == 1


def test_a_guest_is_sent_to_sign_in_and_comes_back_to_a_question(
    client: Client, student: User, course: CoursePage
) -> None:
    response = client.get(address(course))
    assert response["Location"].endswith(f"?next={address(course)}")
    client.force_login(student)
    assert b"Enrol in" in client.get(address(course)).content
    assert not CourseProgress.objects.exists()


def test_somebody_enrolled_is_not_asked_again(client: Client, enrolled: CourseProgress) -> None:
    client.force_login(enrolled.user)
    assert client.get(address(enrolled.course)).status_code == 302


def test_an_unpublished_course_is_not_found(client: Client, student: User, course: CoursePage) -> None:
    client.force_login(student)
    course.unpublish()
    assert client.post(address(course)).status_code == 404
    with pytest.raises(flow.Denied):
        services.enrol(user=student, course=course)
    assert not CourseProgress.objects.exists()


@pytest.mark.parametrize("who", ["instructor", "editor", "analyst", "admin", "outsider"])
def test_only_students_enrol(request: pytest.FixtureRequest, client: Client, course: CoursePage, who: str) -> None:
    person = request.getfixturevalue(who)
    client.force_login(person)
    client.post(address(course))
    with pytest.raises(flow.Denied):
        services.enrol(user=person, course=course)
    assert not CourseProgress.objects.exists()


def test_unpublished_courses_are_not_among_the_choices(
    client: Client, student: User, course: CoursePage, make_course: MakeCourse
) -> None:
    make_course("Pricing, not yet announced", live=False)
    client.force_login(student)
    asked = {"transition": "enrol", "param": "course", "q": "Pric"}
    found = client.get("/api/v1/progress-in-courses/choices", asked).content.decode()
    assert "Pricing" in found
    assert "not yet announced" not in found


@pytest.mark.parametrize("offset", [0, 1, 10**30])
def test_programs_learn_nothing_of_unpublished_courses(
    client: Client, student: User, make_course: MakeCourse, offset: int
) -> None:
    """The same answer as for a course there is not."""
    hidden = make_course("Not yet announced", live=False)
    client.force_login(student)
    number = hidden.pk + offset
    body = {"values": {"course": number}}
    answer = client.post("/api/v1/progress-in-courses/", body, content_type="application/json")
    assert answer.status_code == 422
    words = f"There is no “{number}” to choose. Choose from the list, or write its number."
    assert answer.json()["errors"] == {"course": [words]}


def test_a_number_no_database_keeps_is_no_course(client: Client, student: User, course: CoursePage) -> None:
    client.force_login(student)
    answer = client.post("/steps/learning.courseprogress/new/enrol/", {"course": "9" * 30})
    assert answer.status_code == 422


@pytest.mark.parametrize("path", ["courses/{}/enrol/", "lessons/{}/reports/", "lessons/{}/read/"])
def test_an_address_with_a_number_no_database_keeps_is_not_found(client: Client, student: User, path: str) -> None:
    client.force_login(student)
    assert client.post(f"/learning/{path.format('9' * 30)}").status_code == 404
