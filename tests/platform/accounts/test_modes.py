"""Somebody with several roles acts in one of them at a time, and every page says which."""

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from gradus.accounts.models import User
from gradus.accounts.roles import Role
from tests.conftest import MakePerson
from tests.platform.accounts.conftest import Browse


@pytest.fixture
def both(make_person: MakePerson) -> User:
    return make_person("Bo", Role.STUDENT, Role.INSTRUCTOR)


def _acting(client: Client) -> object:
    return client.get("/profile/").wsgi_request.user.acting_role  # type: ignore[union-attr]


def test_the_mode_is_kept_from_request_to_request(both: User, browse: Browse) -> None:
    client = browse(both)
    assert _acting(client) is Role.INSTRUCTOR
    client.post("/people/mode/", {"role": "student"})
    assert _acting(client) is Role.STUDENT
    client.post("/people/mode/", {"role": "instructor"})
    assert _acting(client) is Role.INSTRUCTOR


@pytest.mark.parametrize("role", ["admin", "guest", "system", "", "nonsense"])
def test_nobody_switches_to_a_role_they_do_not_hold(both: User, browse: Browse, role: str) -> None:
    client = browse(both)
    assert client.post("/people/mode/", {"role": role}).status_code == 403
    assert _acting(client) is Role.INSTRUCTOR


def test_another_mode_is_another_session(both: User, browse: Browse) -> None:
    client = browse(both)
    before = client.session.session_key
    client.post("/people/mode/", {"role": "student"})
    assert client.session.session_key != before
    assert not client.session.exists(before)


def test_a_mode_ends_with_the_role(both: User, browse: Browse) -> None:
    client = browse(both)
    client.post("/people/mode/", {"role": "instructor"})
    both.groups.remove(*both.groups.filter(name="instructor"))
    assert _acting(client) is Role.STUDENT


def test_a_mode_ends_with_the_session(both: User, browse: Browse) -> None:
    client = browse(both)
    client.post("/people/mode/", {"role": "student"})
    assert _acting(browse(both)) is Role.INSTRUCTOR


@pytest.mark.parametrize("address", ["/profile/", "/nothing-here/", "/admin/", "/admin/requests/", "/admin/account/"])
def test_every_page_shows_the_mode_and_the_way_to_another(both: User, browse: Browse, address: str) -> None:
    page = browse(both).get(address).content.decode()
    assert 'action="/people/mode/"' in page
    assert re.search("You act as </span>instructor<", page.replace("\n", ""))


def test_whoever_has_one_role_has_nothing_to_switch(student: User, browse: Browse) -> None:
    assert 'action="/people/mode/"' not in browse(student).get("/profile/").content.decode()


@pytest.mark.parametrize("next_url", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil"])
def test_the_switch_does_not_lead_to_another_site(both: User, browse: Browse, next_url: str) -> None:
    answer = browse(both).post("/people/mode/", {"role": "student", "next": next_url})
    assert answer.headers["Location"] == "/learning/"


def test_the_switch_takes_an_address_as_it_is(both: User, browse: Browse) -> None:
    """A word without a slash is no name of a view of ours."""
    answer = browse(both).post("/people/mode/", {"role": "student", "next": "elsewhere"})
    assert answer.headers["Location"] == "elsewhere"


def test_the_switch_goes_back_to_where_one_was(both: User, browse: Browse) -> None:
    answer = browse(both).post("/people/mode/", {"role": "student", "next": "/profile/?tab=2"})
    assert answer.headers["Location"] == "/profile/?tab=2"


@pytest.mark.parametrize(("role", "landing"), [("instructor", "/admin/"), ("student", "/")])
def test_from_the_back_office_the_switch_leads_to_the_work_of_the_role(
    both: User, browse: Browse, role: str, landing: str
) -> None:
    client = browse(both)
    form = client.get("/admin/").content.decode().split('action="/people/mode/"')[1].split("</form>")[0]
    assert 'name="next"' not in form
    assert client.post("/people/mode/", {"role": role}).headers["Location"].startswith(landing)


def test_a_guest_switches_nothing(client: Client, db: None) -> None:
    assert client.post("/people/mode/", {"role": "student"}).headers["Location"].startswith("/accounts/login/")


def test_a_link_cannot_switch(both: User, browse: Browse) -> None:
    client = browse(both)
    assert client.get("/people/mode/", {"role": "student"}).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(both, backend="django.contrib.auth.backends.ModelBackend")
    assert strict.post("/people/mode/", {"role": "student"}).status_code == 403


def test_knowing_who_asks_costs_two_queries(
    both: User, browse: Browse, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = browse(both)
    client.get("/healthz")
    with django_assert_num_queries(2):  # session and person; the roles only when a page asks
        client.get("/healthz")
