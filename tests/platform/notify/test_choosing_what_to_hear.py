"""Preferences, and the way out of a mail."""

import re

import pytest
from django.core import mail as outgoing
from django.test import Client
from pytest_django.asserts import assertContains

from gradus.accounts.models import User
from gradus.notify import selectors, tasks, topics
from gradus.notify.models import Channel, Mail, Preference
from tests.platform.notify.conftest import Tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def way_out(student: User, tell: Tell) -> str:
    """The path in the header of a mail the student got."""
    tell(student)
    tasks.send_mail(Mail.objects.get().pk)
    [sent] = outgoing.outbox
    header = re.fullmatch(r"<http://127\.0\.0\.1:8000(/\S+)>", sent.extra_headers["List-Unsubscribe"])
    assert header is not None
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert header[1] in sent.body
    return header[1]


def wants_mail(user: User, topic: topics.Topic) -> bool:
    return Channel.MAIL in selectors.channels_wanted([user], topic)[user.pk]


def test_one_click_in_a_mail_program_stops_the_mails_signed_out(
    student: User, topic: topics.Topic, way_out: str
) -> None:
    strict = Client(enforce_csrf_checks=True)
    for _ in range(2):  # mail programs repeat themselves
        answer = strict.post(way_out, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
        assert answer.status_code == 200
        assert not wants_mail(student, topic)
    assert Preference.objects.count() == 1


def test_looking_at_the_link_stops_nothing(client: Client, student: User, topic: topics.Topic, way_out: str) -> None:
    assertContains(client.get(way_out), "Stop these mails?")
    assert wants_mail(student, topic)


def test_whoever_has_the_mail_alone_can_only_stop_it(
    client: Client, student: User, other_student: User, topic: topics.Topic, way_out: str
) -> None:
    assert 'name="again"' not in client.post(way_out).content.decode()
    for somebody in (None, other_student):
        if somebody is not None:
            client.force_login(somebody, backend="django.contrib.auth.backends.ModelBackend")
        assert client.post(way_out, {"again": "1"}).headers["Location"] == "/notifications/preferences/"
        assert not wants_mail(student, topic)
        assert wants_mail(other_student, topic)


def test_the_page_offers_its_person_to_undo_it(
    client: Client, student: User, topic: topics.Topic, way_out: str
) -> None:
    client.force_login(student, backend="django.contrib.auth.backends.ModelBackend")
    stopped = client.post(way_out)
    assertContains(stopped, "No more mails about this")
    assertContains(stopped, 'name="again"')
    assertContains(client.post(way_out, {"again": "1"}), "You will get these mails again")
    assert wants_mail(student, topic)


def test_other_topics_and_other_people_are_left_alone(
    client: Client, student: User, other_student: User, topic: topics.Topic, way_out: str
) -> None:
    client.post(way_out)
    assert wants_mail(student, topics.OTHER)
    assert wants_mail(other_student, topic)


@pytest.mark.parametrize("token", ["forged", "WzEsInRlc3RzIl0:x", "a:b:c"])
def test_a_forged_link_says_so_and_changes_nothing(client: Client, student: User, token: str) -> None:
    answer = client.post(f"/notifications/unsubscribe/{token}/")
    assert answer.status_code == 404
    assertContains(answer, "This link does not work", status_code=404)
    assert not Preference.objects.exists()


def test_each_topic_and_channel_is_a_choice(client: Client, student: User, topic: topics.Topic) -> None:
    client.force_login(student, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/notifications/preferences/")
    assertContains(page, "Tests: By e-mail")
    client.post("/notifications/preferences/", {"tests:app": "on"})
    wanted = selectors.channels_wanted([student], topic)[student.pk]
    assert wanted == {Channel.APP}
    assert selectors.channels_wanted([student], topics.OTHER)[student.pk] == set()


def test_the_longest_topic_that_fits_is_meant(topic: topics.Topic, monkeypatch: pytest.MonkeyPatch) -> None:
    narrow = topics.Topic("tests/waiting", "Waiting")
    monkeypatch.setitem(topics._topics, narrow.name, narrow)
    assert topics.topic_of("tests/waiting/soon") == narrow
    assert topics.topic_of("tests/waiting") == narrow
    assert topics.topic_of("tests/waitings") == topic
    assert topics.topic_of("somewhere/else") == topics.OTHER
