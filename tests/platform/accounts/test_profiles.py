"""What people say about themselves and what others see of it."""

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from gradus.accounts.models import User
from gradus.accounts.roles import Role
from tests.conftest import MakePerson
from tests.platform.accounts.conftest import Browse


def test_others_see_name_and_roles_but_no_address(student: User, other_student: User, browse: Browse) -> None:
    User.objects.filter(pk=student.pk).update(visible_to="members")
    page = browse(other_student).get(f"/people/{student.pk}/").content.decode()
    assert "Ada" in page
    assert "student" in page
    assert student.email not in page


def test_guests_see_instructors_and_nobody_else(client: Client, student: User, instructor: User, admin: User) -> None:
    assert client.get(f"/people/{instructor.pk}/").status_code == 200
    assert client.get(f"/people/{student.pk}/").status_code == 404
    assert client.get(f"/people/{admin.pk}/").status_code == 404


def test_students_decide_whether_other_members_find_them(student: User, other_student: User, browse: Browse) -> None:
    page = f"/people/{student.pk}/"
    own, other = browse(student), browse(other_student)
    assert (own.get(page).status_code, other.get(page).status_code) == (200, 404)
    words = {"display_name": "Ada", "time_zone": "", "language": ""}
    assert own.post("/profile/", {**words, "visible_to": "members"}).status_code == 302
    assert other.get(page).status_code == 200
    assert own.post("/profile/", {**words, "visible_to": "team"}).status_code == 302
    assert other.get(page).status_code == 404


def test_walking_through_the_numbers_finds_the_team_alone(
    make_person: MakePerson, student: User, instructor: User, admin: User, superuser: User, browse: Browse
) -> None:
    strangers = [make_person(f"S{number}", Role.STUDENT) for number in range(3)]
    make_person("Nobody")
    client = browse(student)
    found = [
        pk
        for pk in range(1, max(person.pk for person in strangers) + 5)
        if client.get(f"/people/{pk}/").status_code == 200
    ]
    assert set(found) == {student.pk, instructor.pk, admin.pk, superuser.pk}


@pytest.mark.parametrize("role", [Role.INSTRUCTOR, Role.EDITOR, Role.ANALYST, Role.ADMIN])
def test_the_team_finds_everybody(make_person: MakePerson, student: User, browse: Browse, role: Role) -> None:
    client = browse(make_person("Team", role))
    assert client.get(f"/people/{student.pk}/").status_code == 200
    assert "visible_to" not in client.get("/profile/").content.decode(), "the team is named anyway"


def test_somebody_without_a_role_sees_themselves_and_instructors(
    outsider: User, student: User, instructor: User, admin: User, browse: Browse
) -> None:
    client = browse(outsider)
    people = (outsider, instructor, admin, student)
    assert [client.get(f"/people/{person.pk}/").status_code for person in people] == [200, 200, 404, 404]


def test_whoever_is_gone_has_no_page(instructor: User, student: User, browse: Browse) -> None:
    client = browse(student)
    assert client.get(f"/people/{instructor.pk}/").status_code == 200
    User.objects.filter(pk=instructor.pk).update(is_active=False)
    assert client.get(f"/people/{instructor.pk}/").status_code == 404
    assert client.get("/people/999999/").status_code == 404


def test_people_edit_their_own_profile(student: User, browse: Browse) -> None:
    client = browse(student)
    answer = client.post(
        "/profile/",
        {
            "display_name": "Ada L.",
            "time_zone": "America/New_York",
            "language": "en",
            "visible_to": "team",
            "email": "x@y.z",
        },
    )
    assert answer.headers["Location"] == "/profile/"
    student.refresh_from_db()
    assert (student.display_name, student.time_zone, student.language) == ("Ada L.", "America/New_York", "en")
    assert student.email == "ada@example.com"


@pytest.mark.parametrize(
    "wrong", [{"visible_to": "all"}, {"display_name": ""}, {"time_zone": "Mars/Olympus"}, {"language": "tlh"}]
)
def test_what_cannot_be_is_refused_and_nothing_is_saved(student: User, browse: Browse, wrong: dict[str, str]) -> None:
    answer = browse(student).post(
        "/profile/", {"display_name": "Ada L.", "time_zone": "", "language": "", "visible_to": "team"} | wrong
    )
    assert answer.status_code == 422
    student.refresh_from_db()
    assert student.display_name == "Ada"


def test_a_guest_has_no_profile(client: Client, db: None) -> None:
    assert client.get("/profile/").headers["Location"] == "/accounts/login/?next=/profile/"


@pytest.mark.parametrize("address", ["/profile/", "/admin/account/"])
def test_times_are_shown_in_the_viewers_zone(
    make_person: MakePerson, browse: Browse, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the back office too, where Wagtail has a zone of its own."""
    person = make_person("Kei", Role.INSTRUCTOR, time_zone="Asia/Tokyo")
    zones = []
    monkeypatch.setattr(
        "django.contrib.messages.context_processors.messages",
        lambda request: zones.append(timezone.get_current_timezone_name()) or {},
    )
    from django.template import engines

    engines["django"].engine.__dict__.pop("template_context_processors", None)  # type: ignore[attr-defined]
    browse(person).get(address)
    engines["django"].engine.__dict__.pop("template_context_processors", None)  # type: ignore[attr-defined]
    assert set(zones) == {"Asia/Tokyo"}
    assert timezone.get_current_timezone_name() == "UTC"


def test_a_page_about_somebody_costs_few_queries(
    make_person: MakePerson, browse: Browse, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    person, client = make_person("Ivo", Role.INSTRUCTOR, Role.STUDENT), browse(make_person("Ada", Role.STUDENT))
    client.get(f"/people/{person.pk}/")
    with django_assert_max_num_queries(8):  # five of ours; the user bar and the bell ask as well
        client.get(f"/people/{person.pk}/")


@pytest.mark.parametrize("name", ["", " ", "\u200b", "\u200b\u2060 \u00ad", "\u202e\ufeff", "\x01\x7f"])
def test_a_name_can_be_seen(student: User, browse: Browse, name: str) -> None:
    client, words = browse(student), {"time_zone": "", "language": "", "visible_to": "team"}
    assert client.post("/profile/", {**words, "display_name": name}).status_code == 422
    assert client.post("/profile/", {**words, "display_name": "\u0645\u06cc\u200c\u062e"}).status_code == 302
    student.refresh_from_db()
    assert student.display_name == "\u0645\u06cc\u200c\u062e"
