"""Where the setting asks for it, staff reach nothing without a second factor."""

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.test import Client
from pytest_django import Settings

from gradus.accounts.models import User
from gradus.accounts.roles import Role
from gradus.accounts.services import create_person
from tests.conftest import MakePerson
from tests.platform.accounts.conftest import Browse

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked_for(settings: Settings) -> None:
    settings.STAFF_SECOND_FACTOR = True


def code_now(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


@pytest.mark.usefixtures("asked_for")
@pytest.mark.parametrize("role", [Role.INSTRUCTOR, Role.EDITOR, Role.ANALYST, Role.ADMIN])
def test_staff_are_sent_to_set_it_up(make_person: MakePerson, browse: Browse, role: Role) -> None:
    client = browse(make_person("Pia", role))
    for address in ("/admin/", "/profile/", "/"):
        assert client.get(address).headers["Location"] == "/accounts/2fa/totp/activate/"


@pytest.mark.usefixtures("asked_for")
def test_acting_as_a_student_does_not_get_around_it(make_person: MakePerson, browse: Browse) -> None:
    client = browse(make_person("Bo", Role.STUDENT, Role.INSTRUCTOR))
    client.post("/people/mode/", {"role": "student"})
    assert client.get("/profile/").status_code == 302


@pytest.mark.usefixtures("asked_for")
def test_programs_are_told_instead_of_sent(instructor: User, browse: Browse) -> None:
    answer = browse(instructor).get("/api/v1/anything")
    assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")


@pytest.mark.usefixtures("asked_for")
def test_with_one_they_pass(instructor: User, browse: Browse) -> None:
    TOTP.activate(instructor, generate_totp_secret())
    assert browse(instructor).get("/profile/").status_code == 200


@pytest.mark.usefixtures("asked_for")
def test_students_and_guests_are_not_asked(student: User, browse: Browse, client: Client) -> None:
    assert browse(student).get("/profile/").status_code == 200
    assert client.get("/accounts/login/").status_code == 200


def test_off_in_the_demo(instructor: User, browse: Browse) -> None:
    assert browse(instructor).get("/profile/").status_code == 200


@pytest.fixture
def pia() -> tuple[User, str]:
    user = create_person(email="pia@example.com", display_name="Pia", password="a-long-phrase-7", roles=[Role.ADMIN])
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return user, secret


def test_signing_in_asks_for_the_code_once_set_up(client: Client, pia: tuple[User, str]) -> None:
    user, secret = pia
    answer = client.post("/accounts/login/", {"login": user.email, "password": "a-long-phrase-7"})
    assert answer.headers["Location"] == "/accounts/2fa/authenticate/"
    assert "_auth_user_id" not in client.session
    client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert "_auth_user_id" not in client.session
    client.post("/accounts/2fa/authenticate/", {"code": code_now(secret)})
    assert client.session["_auth_user_id"] == str(user.pk)


def test_a_recovery_code_works_once(client: Client, pia: tuple[User, str]) -> None:
    user, _secret = pia
    code = RecoveryCodes.activate(user).get_unused_codes()[0]
    for browser, let_in in ((client, True), (Client(), False)):
        browser.post("/accounts/login/", {"login": user.email, "password": "a-long-phrase-7"})
        browser.post("/accounts/2fa/authenticate/", {"code": code})
        assert ("_auth_user_id" in browser.session) is let_in


@pytest.mark.usefixtures("asked_for")
def test_it_can_be_set_up_from_where_one_is_sent(client: Client) -> None:
    user = create_person(email="ed@example.com", display_name="Ed", password="a-long-phrase-7", roles=[Role.EDITOR])
    client.post("/accounts/login/", {"login": user.email, "password": "a-long-phrase-7"})
    assert client.get("/profile/", follow=True).redirect_chain[0][0] == "/accounts/2fa/totp/activate/"
    client.post("/accounts/reauthenticate/", {"password": "a-long-phrase-7"})
    page = client.get("/profile/", follow=True)
    assert page.redirect_chain[-1][0] == "/accounts/2fa/totp/activate/"
    client.post("/accounts/2fa/totp/activate/", {"code": code_now(page.context["form"].secret)})
    assert client.get("/profile/").status_code == 200
