"""What a mail says, who still gets it, and what happens when it cannot be sent."""

from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
import time_machine
from django.core import mail as outgoing
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone
from django_q.models import OrmQ
from pytest_django import Settings

from gradus.accounts.models import User
from gradus.notify import services, tasks
from gradus.notify.models import Channel, Mail, MailStatus
from tests.platform.notify.conftest import Tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def mail(student: User, tell: Tell) -> Mail:
    [told] = tell(student, name="<i>Grace</i>", url="/requests/1/")
    return told.mail


@pytest.fixture
def broken_post(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object) -> int:
        raise SMTPServerDisconnected("no answer")

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)


def status(mail: Mail) -> str:
    mail.refresh_from_db()
    return mail.status


def test_a_mail_has_text_and_html_and_only_the_html_is_escaped(mail: Mail, student: User) -> None:
    assert tasks.send_mail(mail.pk) == MailStatus.SENT
    [sent] = outgoing.outbox
    assert sent.subject == "Hello <i>Grace</i>"
    assert sent.to == ["Ada <ada@example.com>"]
    assert "<b><i>Grace</i></b>" in sent.body
    [(html, kind)] = sent.alternatives
    assert kind == "text/html"
    assert "Dear Ada, &lt;i&gt;Grace&lt;/i&gt;." in html
    assert "http://127.0.0.1:8000/requests/1/" in html
    assert "http://127.0.0.1:8000/requests/1/" in sent.body


def test_times_are_the_readers_own(student: User, settings: Settings) -> None:
    student.time_zone = "Asia/Tokyo"
    student.save()
    noon = timezone.now().replace(hour=12, minute=0)
    [told] = services.notify([student], "tests/hello", context={})
    assert "at ." in told.body
    from gradus.notify import render

    assert "at 21:00" in render.words(student, "tests/hello", {"at": noon}).body


def test_a_second_copy_carries_the_same_message_id(mail: Mail) -> None:
    tasks.send_mail(mail.pk)
    Mail.objects.update(status=MailStatus.FAILED)
    assert services.send_again(mail_id=mail.pk)
    tasks.send_mail(mail.pk)
    first, second = outgoing.outbox
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"] == f"<{mail.message_id}@127.0.0.1>"


def test_a_task_that_runs_twice_sends_once(mail: Mail) -> None:
    tasks.send_mail(mail.pk)
    tasks.send_mail(mail.pk)
    assert len(outgoing.outbox) == 1


@pytest.mark.parametrize("reason", ["unsubscribed", "left", "no longer allowed"])
def test_a_mail_nobody_may_get_any_more_is_not_sent(mail: Mail, student: User, reason: str) -> None:
    if reason == "unsubscribed":
        services.choose(student, topic="tests", channel=Channel.MAIL, wanted=False)
    elif reason == "left":
        User.objects.update(is_active=False)
    else:
        mail.notification.about_model, mail.notification.about_id = "notify.Mail", str(mail.pk)
        mail.notification.save()
    assert tasks.send_mail(mail.pk) == MailStatus.SKIPPED
    assert outgoing.outbox == []


@pytest.mark.usefixtures("broken_post")
def test_a_mail_that_fails_is_tried_again_later_and_then_waits_for_a_person(mail: Mail) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for wait in tasks.LADDER:
            tasks.send_mail(mail.pk)
            assert status(mail) == MailStatus.QUEUED
            assert mail.error == "SMTPServerDisconnected: no answer"
            assert mail.due_at == timezone.now() + wait
            assert tasks.send_due() == 0
            clock.shift(wait)
            assert tasks.send_due() == 1
        tasks.send_mail(mail.pk)
        assert status(mail) == MailStatus.FAILED
        clock.shift(timedelta(days=2))
        assert tasks.send_due() == 0


def test_a_mail_whose_worker_died_is_queued_again(mail: Mail) -> None:
    Mail.objects.update(status=MailStatus.SENDING)
    OrmQ.objects.all().delete()
    assert tasks.send_due() == 0
    with time_machine.travel(timezone.now() + services.SILENCE, tick=False):
        assert tasks.send_due() == 1
    assert (status(mail), OrmQ.objects.count()) == (MailStatus.QUEUED, 1)


def test_a_mail_that_cannot_be_written_fails_at_once(mail: Mail, caplog: pytest.LogCaptureFixture) -> None:
    mail.notification.kind = "tests/missing"
    mail.notification.save()
    assert tasks.send_mail(mail.pk) == MailStatus.FAILED
    assert "TemplateDoesNotExist" in mail.__class__.objects.get().error
    assert "cannot be written" in caplog.text


def test_sending_again_is_for_failed_mails_only(mail: Mail) -> None:
    assert not services.send_again(mail_id=mail.pk)
    tasks.send_mail(mail.pk)
    assert not services.send_again(mail_id=mail.pk)
