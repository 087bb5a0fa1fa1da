"""Where people are after signing in, and that a sign-up does not forget where somebody was going."""

import re
from pydoc import locate
from urllib.parse import quote

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.test import Client, RequestFactory
from django_q.models import OrmQ
from django_q.signing import SignedPackage

from gradus.accounts.models import User
from gradus.accounts.roles import Role
from gradus.accounts.services import create_person
from gradus.core.navigation import sign_in_url

pytestmark = pytest.mark.django_db

CATALOGUE = "/courses/?q=harmony&page=1"
WANTED = "/learning/courses/7/enrol/"
SECRET = "a-long-phrase-7"
NEW = {"display_name": "Nora Lind", "email": "nora@example.com", "password1": SECRET}
SENT = "/accounts/confirm-email/"


def _links() -> list[str]:
    """Do what the worker would, and read the links in the mails."""
    for waiting in OrmQ.objects.all():
        task = SignedPackage.loads(waiting.payload)
        locate(task["func"])(*task["args"])  # type: ignore[operator]
        waiting.delete()
    found = [re.search(r"https?://\S+", str(letter.body)) for letter in mail.outbox]
    mail.outbox.clear()
    return [link[0].removeprefix("http://testserver") for link in found if link]


def _sign_up(client: Client, wanted: str = WANTED) -> None:
    answer = client.post("/accounts/signup/", NEW | {"next": wanted})
    assert answer.headers["Location"] == SENT + (f"?next={quote(wanted, safe='')}" if wanted else "")


def _confirm(client: Client, link: str) -> str:
    """What the page asks to be pressed, and where that leads."""
    page = client.get(link).content.decode()
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    return str(client.post(link.partition("?")[0], fields).headers["Location"])


def test_the_sign_up_form_keeps_where_one_was_going(client: Client) -> None:
    page = client.get(f"/accounts/login/?next={WANTED}").content.decode()
    assert re.search(r"/accounts/signup/\?next=[^\"]*enrol", page)


def test_confirmed_in_the_same_browser_one_is_signed_in_and_there(client: Client) -> None:
    _sign_up(client)
    assert _confirm(client, _links()[0]) == WANTED
    assert "_auth_user_id" in client.session


def test_confirmed_in_another_browser_one_signs_in_with_the_address_filled_in_and_goes_on(client: Client) -> None:
    _sign_up(client)
    other = Client()
    sign_in = _confirm(other, _links()[0])
    page = other.get(sign_in).content.decode()
    assert "_auth_user_id" not in other.session
    assert 'value="nora@example.com"' in page
    onward = re.search(r'name="next" value="([^"]*)"', page)
    assert onward
    entered = other.post("/accounts/login/", {"login": "nora@example.com", "password": SECRET, "next": onward[1]})
    assert entered.headers["Location"] == WANTED


def test_without_a_wish_the_way_leads_to_the_sign_in_form(client: Client) -> None:
    _sign_up(client, "")
    assert _confirm(Client(), _links()[0]) == "/accounts/login/"


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_no_mail_leads_to_another_site(client: Client, wanted: str) -> None:
    client.post("/accounts/signup/", NEW | {"next": wanted})
    [link] = _links()
    assert "next" not in link
    assert _confirm(client, link) == "/learning/"


def test_the_mail_is_sent_again_with_the_same_wish(client: Client) -> None:
    _sign_up(client)
    page = client.get(f"{SENT}?next={WANTED}").content.decode()
    assert "nora@example.com" in page
    assert re.search(r"/accounts/signup/\?next=[^\"]*enrol", page)
    client.post("/people/mail/again/", {"next": WANTED})
    first, second = _links()
    assert first.partition("?")[2] == second.partition("?")[2] != ""
    assert _confirm(Client(), second).startswith("/accounts/login/?next=")


def test_mails_to_an_address_are_counted(client: Client) -> None:
    _sign_up(client)
    for _ in range(4):
        answer = client.post("/people/mail/again/", {"next": WANTED}, follow=True)
    assert len(_links()) == 3
    assert "wait ten minutes" in answer.content.decode()


def test_sending_again_does_not_tell_whether_an_address_is_known(client: Client) -> None:
    create_person(email="nora@example.com", display_name="Nora", password=SECRET, roles=[Role.STUDENT])
    _sign_up(client)
    known = client.post("/people/mail/again/", {"next": WANTED}, follow=True).content.decode()
    User.objects.all().delete()
    cache.clear()  # both are the first to ask
    fresh = Client()
    _sign_up(fresh)
    unknown = fresh.post("/people/mail/again/", {"next": WANTED}, follow=True).content.decode()
    assert _plain(known) == _plain(unknown)


def _plain(page: str) -> str:
    return re.sub(r'nonce="[^"]*"|value="[^"]*"|"X-CSRFToken": "[^"]*"', "", page)


def test_whoever_confirmed_meanwhile_is_sent_to_sign_in(client: Client) -> None:
    _sign_up(client)
    EmailAddress.objects.update(verified=True)
    answer = client.post("/people/mail/again/", {"next": WANTED})
    assert answer.headers["Location"] == f"/accounts/login/?next={quote(WANTED, safe='')}"
    assert len(_links()) == 1


def test_without_a_sign_up_under_way_nothing_is_sent(client: Client) -> None:
    assert client.post("/people/mail/again/").headers["Location"] == "/accounts/login/"
    assert _links() == []
    assert "Send it again" not in client.get(SENT).content.decode()


@pytest.mark.parametrize(
    ("role", "place"),
    [
        (Role.STUDENT, "/learning/"),
        (Role.INSTRUCTOR, "/admin/requests/"),
        (Role.EDITOR, "/admin/"),
        (Role.ANALYST, "/admin/"),
        (Role.ADMIN, "/admin/"),
    ],
)
def test_people_land_where_their_work_is(client: Client, role: Role, place: str) -> None:
    create_person(email="nora@example.com", display_name="Nora", password=SECRET, roles=[role])
    entered = client.post("/accounts/login/", {"login": "nora@example.com", "password": SECRET})
    assert entered.headers["Location"] == place
    assert client.get(place).status_code == 200


def test_what_was_asked_for_goes_before_where_the_work_is(client: Client) -> None:
    create_person(email="nora@example.com", display_name="Nora", password=SECRET, roles=[Role.EDITOR])
    entered = client.post("/accounts/login/", {"login": "nora@example.com", "password": SECRET, "next": "/courses/"})
    assert entered.headers["Location"] == "/courses/"


@pytest.mark.parametrize(
    ("reading", "onward"),
    [
        (CATALOGUE, CATALOGUE),
        ("/accounts/signup/", ""),
        (f"/accounts/login/?next={WANTED}", WANTED),
    ],
)
def test_signing_in_from_the_header_leads_back_to_what_was_read(client: Client, reading: str, onward: str) -> None:
    links = re.findall(r'href="(/accounts/login/[^"]*)"', client.get(reading).content.decode())
    assert links[0] == "/accounts/login/" + (f"?next={quote(onward, safe='')}" if onward else "")


def test_signing_in_from_the_front_page_leads_to_ones_work(rf: RequestFactory) -> None:
    assert sign_in_url(rf.get("/")) == "/accounts/login/"


@pytest.mark.parametrize("odd", ["0001-01-01", "{}", "{{7*7}}"])
def test_a_wish_that_is_no_address_of_ours_breaks_nothing(client: Client, student: User, odd: str) -> None:
    client.force_login(student)
    assert client.post("/people/mail/again/", {"next": odd}).status_code == 302
    away = client.post("/people/mail/again/", {"next": "//elsewhere.example/"})
    assert "elsewhere" not in away.headers["Location"]
