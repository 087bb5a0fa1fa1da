"""Who is reminded of what waits, and when."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from gradus import flow
from gradus.accounts.models import User
from gradus.flow.automating.tasks import run_due
from gradus.flow.models import AutomationRun
from gradus.notify import tasks
from gradus.notify.models import Notification
from tests.workflows.requests.conftest import MakeRequest

pytestmark = pytest.mark.django_db


def told(person: User) -> list[str]:
    return list(Notification.objects.filter(user=person, kind__in=KINDS).order_by("pk").values_list("title", flat=True))


KINDS = ("requests/waiting", "requests/still_asked")


def test_instructors_are_reminded_of_what_nobody_has_claimed(
    make_request: MakeRequest, instructor: User, other_instructor: User, student: User
) -> None:
    make_request("refund", title="Paid twice")
    now = timezone.now()
    made = [run_due(now + timedelta(days=days)) for days in (1, 2.1, 4, 5.2)]
    assert made == [0, 1, 0, 1]
    for person in (instructor, other_instructor):
        assert told(person) == ["Still waiting: Paid twice"] * 2
    assert told(student) == []


def test_a_claimed_one_waits_for_nobody_else(make_request: MakeRequest, instructor: User) -> None:
    flow.apply(make_request("bug"), "claim", by=instructor)
    assert run_due(timezone.now() + timedelta(days=30)) == 0


def test_a_student_is_reminded_of_a_question(make_request: MakeRequest, instructor: User, student: User) -> None:
    student.language = "de"
    student.save()
    asked = flow.apply(make_request("bug", title="Weiß"), "claim", by=instructor)
    flow.apply(asked, "ask", by=instructor, note="Which browser?")
    assert run_due(timezone.now() + timedelta(days=3.1)) == 1
    assert told(student) == ["Wir brauchen noch Ihre Antwort: Weiß"]
    [kept] = Notification.objects.filter(user=student, kind="requests/still_asked")
    tasks.send_mail(kept.mail.pk)
    assert "kommen ohne Ihre Antwort nicht weiter" in mail.outbox[-1].body
    assert AutomationRun.objects.get().automation == "requests.Request/bug#remind-student"
