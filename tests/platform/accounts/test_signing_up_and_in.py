"""Sign-up, verification, sign-in, reset: allauth's, with our names, roles and limits."""

import re
from datetime import timedelta
from pydoc import locate
from urllib.parse import urlsplit

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import BasePasswordHasher, get_hasher
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.utils import timezone
from django_q.models import OrmQ
from django_q.signing import SignedPackage

from gradus.accounts.models import User
from gradus.accounts.roles import Role
from gradus.accounts.services import create_person, forget_sessions

pytestmark = pytest.mark.django_db

NEW = {
    "display_name": "Nora Lind",
    "email": "nora@example.com",
    "password1": "a-long-phrase-7",
    "time_zone": "Asia/Tokyo",
}


@pytest.fixture
def nora() -> User:
    return create_person(
        email="nora@example.com", display_name="Nora Lind", password="a-long-phrase-7", roles=[Role.STUDENT]
    )


def _link_in_mail() -> str:
    """Do what the worker would, and read the mail."""
    for waiting in OrmQ.objects.all():
        task = SignedPackage.loads(waiting.payload)
        locate(task["func"])(*task["args"])  # type: ignore[operator]
        waiting.delete()
    found = re.search(r"https?://\S+", str(mail.outbox[-1].body))
    assert found
    return urlsplit(found[0]).path


def _sign_in(client: Client, password: str = "a-long-phrase-7", email: str = "nora@example.com") -> bool:
    client.post("/accounts/login/", {"login": email, "password": password})
    return "_auth_user_id" in client.session


def test_a_new_person_is_a_student_with_name_and_time_zone(client: Client) -> None:
    client.post("/accounts/signup/", NEW)
    user = User.objects.get(email="nora@example.com")
    assert (user.display_name, user.time_zone, user.roles) == ("Nora Lind", "Asia/Tokyo", {Role.STUDENT})


def test_nobody_chooses_a_role_at_sign_up(client: Client) -> None:
    client.post("/accounts/signup/", NEW | {"groups": "1", "role": "admin", "is_staff": "on", "is_superuser": "on"})
    user = User.objects.get(email="nora@example.com")
    assert user.roles == {Role.STUDENT}
    assert not user.is_staff
    assert not user.is_superuser


def test_an_unknown_time_zone_is_no_reason_to_turn_somebody_away(client: Client) -> None:
    client.post("/accounts/signup/", NEW | {"time_zone": "Mars/Olympus"})
    assert User.objects.get(email="nora@example.com").time_zone == ""


def test_a_name_is_asked_for(client: Client) -> None:
    client.post("/accounts/signup/", NEW | {"display_name": " "})
    assert not User.objects.exists()


def test_the_address_must_be_confirmed_before_anybody_is_signed_in(client: Client) -> None:
    client.post("/accounts/signup/", NEW)
    assert "_auth_user_id" not in client.session
    assert not _sign_in(client)
    client.post(_link_in_mail())
    assert EmailAddress.objects.get(email="nora@example.com").verified
    assert _sign_in(Client())


@pytest.mark.parametrize("email", ["nora@example.com", "new@example.com"])
def test_signing_up_takes_as_long_with_a_known_address(
    client: Client, nora: User, monkeypatch: pytest.MonkeyPatch, email: str
) -> None:
    """What takes the time is one password, hashed."""
    hashed = []
    hasher = type(get_hasher())
    encode = hasher.encode

    def counted(self: BasePasswordHasher, password: str, salt: str, *more: int) -> str:
        hashed.append(password)
        return encode(self, password, salt, *more)

    monkeypatch.setattr(hasher, "encode", counted)
    client.post("/accounts/signup/", NEW | {"email": email})
    assert hashed == [NEW["password1"]]


def test_signing_up_with_a_known_address_tells_nothing(client: Client, nora: User) -> None:
    fresh = Client().post("/accounts/signup/", NEW | {"email": "new@example.com"})
    known = client.post("/accounts/signup/", NEW)
    assert (known.status_code, known.headers["Location"]) == (fresh.status_code, fresh.headers["Location"])
    assert User.objects.filter(email="nora@example.com").count() == 1


def test_the_address_counts_in_any_case(client: Client, nora: User) -> None:
    assert _sign_in(client, email="NORA@Example.com")


def test_an_inactive_person_cannot_sign_in(client: Client, nora: User) -> None:
    User.objects.update(is_active=False)
    assert not _sign_in(client)


def test_guessing_a_password_is_stopped(client: Client, nora: User) -> None:
    for _ in range(5):
        assert not _sign_in(client, "wrong")
    assert not _sign_in(client)


def test_sign_in_pages_asked_too_often_answer_429(client: Client, nora: User) -> None:
    answers = [client.post("/accounts/login/", {"login": f"n{n}@example.com", "password": "x"}) for n in range(32)]
    assert answers[0].status_code == 200
    assert answers[-1].status_code == 429
    assert "Retry-After" in answers[-1].headers


def test_a_forgotten_password_is_set_anew_by_mail(client: Client, nora: User) -> None:
    client.post("/accounts/password/reset/", {"email": "nora@example.com"})
    form = client.get(_link_in_mail(), follow=True)
    address = form.redirect_chain[-1][0]
    client.post(address, {"password1": "another-phrase-8", "password2": "another-phrase-8"})
    assert not _sign_in(Client())
    assert _sign_in(Client(), "another-phrase-8")


def test_no_mail_is_sent_while_somebody_waits_for_the_page(client: Client, nora: User) -> None:
    client.post("/accounts/password/reset/", {"email": "nora@example.com"})
    assert mail.outbox == []
    _link_in_mail()
    assert [letter.to for letter in mail.outbox] == [["nora@example.com"]]


def test_asking_for_a_reset_does_not_tell_who_is_here(client: Client, nora: User) -> None:
    known = client.post("/accounts/password/reset/", {"email": "nora@example.com"})
    unknown = Client().post("/accounts/password/reset/", {"email": "nobody@example.com"})
    assert known.status_code == unknown.status_code == 302
    assert known.headers["Location"] == unknown.headers["Location"]


def test_sign_in_goes_on_where_it_was_asked_but_never_to_another_site(nora: User) -> None:
    details = {"login": "nora@example.com", "password": "a-long-phrase-7"}
    assert Client().post("/accounts/login/", details | {"next": "/profile/"}).headers["Location"] == "/profile/"
    elsewhere = Client().post("/accounts/login/", details | {"next": "https://evil.example/"})
    assert elsewhere.headers["Location"] == "/learning/"


def test_a_superuser_made_at_the_command_line_can_sign_in_at_once(client: Client) -> None:
    User.objects.create_superuser("root@example.com", "a-long-phrase-7", display_name="Root")
    assert _sign_in(client, email="root@example.com")


@pytest.mark.parametrize(
    "door",
    ["/admin/login/", "/admin/", "/admin/pages/", "/admin/users/", "/django-admin/", "/django-admin/login/"],
)
def test_every_door_leads_to_the_one_sign_in(client: Client, door: str) -> None:
    answer = client.get(door, follow=True)
    assert answer.redirect_chain[-1][0].startswith("/accounts/login/?next=")
    posted = client.post("/admin/login/", {"username": "nora@example.com", "password": "x"})
    assert posted.headers["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("door", ["", "done/", "confirm/Nw/set-password/", "complete/"])
def test_every_reset_leads_to_the_one_reset(client: Client, door: str) -> None:
    assert client.get(f"/admin/password_reset/{door}").headers["Location"] == "/accounts/password/reset/"


def test_sign_in_does_not_lead_to_another_site_through_the_back_door(client: Client) -> None:
    answer = client.get("/admin/login/?next=https://evil.example/")
    assert answer.headers["Location"] == "/accounts/login/?next=/admin/"


@pytest.mark.django_db
def test_a_mail_says_the_same_in_html_and_its_link_is_a_button(client: Client, nora: User) -> None:
    client.post("/accounts/password/reset/", {"email": nora.email}, headers={"Accept-Language": "de"})
    path = _link_in_mail()
    [letter] = mail.outbox
    html = str(letter.alternatives[0].content)  # type: ignore[attr-defined]
    assert letter.subject == "Wählen Sie ein neues Passwort"
    assert "Ihr Passwort bleibt, wie es ist." in letter.body
    assert "Ihr Passwort bleibt, wie es ist." in html
    assert f'{path}" style=' in html
    assert ">Neues Passwort wählen</a>" in html
    assert html.count(path) == 1


def test_sign_ins_that_have_ended_are_forgotten(client: Client, nora: User) -> None:
    ended = Client()
    assert _sign_in(ended)
    Session.objects.update(expire_date=timezone.now() - timedelta(days=1))
    assert _sign_in(client)
    forget_sessions()
    assert [kept.session_key for kept in Session.objects.all()] == [client.session.session_key]
