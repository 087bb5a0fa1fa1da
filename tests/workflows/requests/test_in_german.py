"""What books say is read in the reader's language: forms, badges, refusals, news, exports and programs."""

import csv
import io
import json
from typing import Any

import pytest
from django.conf import settings
from django.core import mail as outgoing
from django.test import Client
from django.utils import translation

from gradus import flow, policy
from gradus.accounts.api_keys import create_key
from gradus.accounts.models import User
from gradus.accounts.roles import Role
from gradus.flow import events
from gradus.flow.models import TransitionRecord
from gradus.flow.panels import move_url
from gradus.notify import tasks
from gradus.notify.models import Notification
from tests.workflows.requests.conftest import MakeRequest
from workflows.requests.models import Request

pytestmark = pytest.mark.django_db


def german(person: User) -> User:
    person.language = "de"
    person.save()
    return person


@pytest.fixture
def lernende(client: Client, student: User) -> Client:
    client.force_login(german(student))
    return client


def read(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def test_the_form_asks_in_german(lernende: Client) -> None:
    form = read(lernende, "/requests/new/refund/")
    for words in ("Erstattung", "Bestellnummer", "Falls Sie eine haben", "Ich habe es nicht genutzt"):
        assert words in form
    for words in ("Refund", "Order number", "If you have one", "I did not use it"):
        assert words not in form


def test_the_badge_the_answers_and_the_history_are_german(lernende: Client, make_request: MakeRequest) -> None:
    page = read(lernende, make_request("refund").get_absolute_url())
    for words in ("Eingereicht", "Ich habe es nicht genutzt", "Gesendet", "Zurückziehen"):
        assert words in page
    for words in ("Submitted", "I did not use it", "Withdraw"):
        assert words not in page


def test_a_refusal_is_german_and_kept_in_the_academys_language(lernende: Client) -> None:
    same = {"title": "Hin", "text": "Und her", "current_track": "saas", "desired_track": "saas"}
    response = lernende.post("/requests/new/track_change/", same)
    assert "Auf diesem Lernweg sind Sie schon" in response.content.decode()
    [refused] = TransitionRecord.objects.refused()
    assert refused.reasons == ["you are on that track already"]


def test_what_follows_a_click_is_told_in_german(lernende: Client, make_request: MakeRequest) -> None:
    request = make_request(title="Weiße Seite")
    response = lernende.post(move_url(request, "withdraw"), headers={"HX-Request": "true"})
    assert json.loads(response["HX-Trigger"])["gradus:toast"]["text"] == "Zurückgezogen: Weiße Seite"


def test_a_limit_says_so_in_german(student: User, make_request: MakeRequest) -> None:
    for _time in range(3):
        make_request("refund")
    with translation.override("de"), pytest.raises(flow.Limited) as caught:
        make_request("refund")
    assert caught.value.reasons[0].startswith("Sie haben in diesem Monat um drei Erstattungen gebeten.")
    assert caught.value.reasons[1].startswith("Wieder möglich ab: 1. ")


def test_the_decision_is_mailed_in_the_readers_language_whoever_decides(
    student: User, instructor: User, make_request: MakeRequest
) -> None:
    german(student)
    request = flow.apply(make_request("bug", title="Weiße Seite"), "approve", by=instructor, note="Thank you")
    events.deliver(flow.history(request).order_by("pk").last().pk)
    [told] = Notification.objects.filter(user=student)
    assert told.title == "Bestätigt: Weiße Seite"
    tasks.send_mail(told.mail.pk)
    [sent] = outgoing.outbox
    assert sent.subject == "Bestätigt: Weiße Seite"
    assert "Gute Nachricht von Ivo zu Ihrer Anfrage: Bestätigt." in sent.body
    assert "zu Ihrer Anfrage: Bestätigt." in sent.alternatives[0][0]


def test_so_it_is_where_the_browser_asks_for_the_language(
    client: Client, student: User, instructor: User, make_request: MakeRequest
) -> None:
    client.force_login(student)
    client.get("/requests/", headers={"Accept-Language": "de-AT,de;q=0.9"})
    request = flow.apply(make_request("bug", title="Weiße Seite"), "approve", by=instructor, note="Thank you")
    events.deliver(flow.history(request).order_by("pk").last().pk)
    assert Notification.objects.get(user=student).title == "Bestätigt: Weiße Seite"
    client.get("/requests/", headers={"Accept-Language": "en"})
    assert User.objects.get(pk=student.pk).mail_language == "en"


def test_an_instructor_exports_german_words(client: Client, instructor: User, make_request: MakeRequest) -> None:
    client.force_login(german(instructor))
    make_request("refund")
    response: Any = client.get("/admin/requests/?scope=all&export=csv")
    [row] = csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig")))
    assert {"Erstattung", "Eingereicht"} <= set(row.values())
    assert "Titel" in row


@pytest.mark.parametrize(
    ("asked", "state"),
    [({}, "Eingereicht"), ({"accept-language": "en"}, "Submitted"), ({"accept-language": "de"}, "Eingereicht")],
)
def test_a_program_reads_the_language_it_asks_for_or_its_persons(
    client: Client, instructor: User, make_request: MakeRequest, asked: dict[str, str], state: str
) -> None:
    _key, token = create_key(user=german(instructor), name="script", role=Role.INSTRUCTOR, scopes=["read"])
    filed = make_request()
    answer = client.get(f"/api/v1/requests/{filed.pk}", headers={"authorization": f"Bearer {token}", **asked}).json()
    assert answer["state_label"] == state


def test_a_program_reads_what_to_do_and_that_it_happened(
    client: Client, instructor: User, make_request: MakeRequest
) -> None:
    _key, token = create_key(user=instructor, name="script", role=Role.INSTRUCTOR, scopes=["read"])
    filed, headers = make_request(), {"authorization": f"Bearer {token}"}
    offers = client.get(f"/api/v1/requests/{filed.pk}", headers=headers).json()["offers"]
    assert ("Confirm", "Confirmed") in [(offer["label"], offer["done"]) for offer in offers]
    [entry] = client.get(f"/api/v1/requests/{filed.pk}/history", headers=headers).json()["items"]
    assert (entry["label"], entry["done"]) == ("Send the request", "Sent")


def test_a_book_nobody_translated_shows_its_own_words(make_request: MakeRequest) -> None:
    texts = {book.file: book.text for book in policy.active().books}
    texts["requests/bug.toml"] = texts["requests/bug.toml"].replace('"Submitted"', '"Just in"')
    request = make_request()
    with policy.using(policy.load_texts(texts)), translation.override("de"):
        assert str(flow.machine(request).state("submitted").label) == "Just in"
        assert str(flow.machine(request).state("rejected").label) == "Kein Fehler"


def test_the_academys_language_is_what_the_books_are_written_in() -> None:
    assert settings.LANGUAGE_CODE == "en"
    with translation.override("en"):
        assert str(flow.machine(Request, "bug").title) == "Bug report"
