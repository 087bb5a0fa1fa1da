"""The health page: for administrators, true, and able to set things going again."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_q.models import Failure, OrmQ, Schedule, Task
from django_q.signing import SignedPackage
from pytest_django.asserts import assertContains, assertNotContains

from gradus.accounts.models import User
from gradus.notify.models import Mail, MailStatus
from tests.conftest import MakePerson
from tests.platform.notify.conftest import Tell

pytestmark = pytest.mark.django_db
PAGE = "/admin/health/"
MakeFailure = Callable[..., Task]


@pytest.fixture
def back_office(client: Client) -> Callable[[User], Client]:
    def enter(user: User) -> Client:
        user.user_permissions.add(Permission.objects.get(codename="access_admin"))
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return enter


@pytest.fixture
def make_failure() -> MakeFailure:
    def make(number: int = 1, attempts: int = 4) -> Task:
        now = timezone.now()
        return Task.objects.create(
            id=f"{number:032}", name=f"task {number}", func="gradus.notify.tasks.send_mail", args=(number,), kwargs={},
            started=now, stopped=now, success=False, attempt_count=attempts, result="boom : Traceback <here>",
        )  # fmt: skip

    return make


def test_an_empty_house_is_well_but_for_its_missing_worker(admin: User, back_office: Callable[[User], Client]) -> None:
    page = back_office(admin).get(PAGE)
    assertContains(page, "No worker runs")
    assertContains(page, "No task has failed.")
    assertContains(page, "Every mail was sent.")


@pytest.mark.parametrize("who", ["instructor", "editor", "analyst"])
@pytest.mark.parametrize("what", ["", "tasks/x/again/", "tasks/x/dismiss/", "mails/1/again/", "test-mail/"])
def test_nobody_else_may_see_or_do_anything(
    who: str, what: str, back_office: Callable[[User], Client], request: pytest.FixtureRequest
) -> None:
    client = back_office(request.getfixturevalue(who))
    answer = client.post(PAGE + what) if what else client.get(PAGE)
    assert answer.status_code == 403
    assert not OrmQ.objects.exists()


def test_a_dead_task_is_shown_with_its_traceback_and_runs_again_once(
    admin: User, back_office: Callable[[User], Client], make_failure: MakeFailure
) -> None:
    task, client = make_failure(7), back_office(admin)
    assertContains(client.get(PAGE), "Traceback &lt;here&gt;")
    again = f"{PAGE}tasks/{task.pk}/again/"
    assertContains(client.post(again, follow=True), "The task is queued again.")
    assertContains(client.post(again, follow=True), "Somebody else has taken care of it already.")
    queued = SignedPackage.loads(OrmQ.objects.get().payload)
    assert (queued["func"], queued["args"]) == ("gradus.notify.tasks.send_mail", (7,))
    assert not Failure.objects.exists()


def test_a_task_that_is_still_tried_is_not_on_the_list(
    admin: User, back_office: Callable[[User], Client], make_failure: MakeFailure
) -> None:
    task = make_failure(7, attempts=2)
    client = back_office(admin)
    assertContains(client.get(PAGE), "No task has failed.")
    client.post(f"{PAGE}tasks/{task.pk}/again/")
    assert not OrmQ.objects.exists()


def test_a_dead_task_can_be_dismissed(
    admin: User, back_office: Callable[[User], Client], make_failure: MakeFailure
) -> None:
    task = make_failure(7)
    assertContains(back_office(admin).post(f"{PAGE}tasks/{task.pk}/dismiss/", follow=True), "off the list")
    assert not Failure.objects.exists()


def test_a_failed_mail_is_shown_with_its_reason_and_sent_again(
    admin: User, student: User, back_office: Callable[[User], Client], tell: Tell
) -> None:
    [told] = tell(student)
    OrmQ.objects.all().delete()
    Mail.objects.update(status=MailStatus.FAILED, error="SMTPRecipientsRefused: <no>")
    client = back_office(admin)
    assertContains(client.get(PAGE), "SMTPRecipientsRefused: &lt;no&gt;")
    assertContains(client.post(f"{PAGE}mails/{told.mail.pk}/again/", follow=True), "The mail is queued again.")
    assert OrmQ.objects.count() == 1
    assert Mail.objects.get().status == MailStatus.QUEUED


def test_an_admin_can_try_whether_mails_are_sent(admin: User, back_office: Callable[[User], Client]) -> None:
    assertContains(back_office(admin).post(f"{PAGE}test-mail/", follow=True), "on its way to alma@example.com")
    assert Mail.objects.get().notification.user == admin


def test_waiting_tasks_show_their_age_and_late_rounds_a_badge(
    admin: User, back_office: Callable[[User], Client]
) -> None:
    long_ago = timezone.now() - timezone.timedelta(minutes=90)
    OrmQ.objects.create(key="gradus", payload="x", lock=long_ago)
    Schedule.objects.all().delete()
    client = back_office(admin)
    assertNotContains(client.get(PAGE), "Overdue")
    Schedule.objects.create(name="late", func="late", next_run=long_ago)
    page = client.get(PAGE)
    assertContains(page, "Overdue")
    assert page.context["health"].queue.oldest.total_seconds() == pytest.approx(90 * 60, abs=60)


def test_tasks_are_called_by_their_names_and_what_comes_next_is_due(
    admin: User, back_office: Callable[[User], Client], make_failure: MakeFailure
) -> None:
    make_failure()
    Schedule.objects.all().delete()
    Schedule.objects.create(name="due", func="gradus.notify.tasks.send_due", next_run=timezone.now())
    Schedule.objects.create(name="mine", func="some.module.tidy_up", next_run=timezone.now() + timedelta(hours=3))
    page = back_office(admin).get(PAGE)
    assertContains(page, "<td>Send due mails</td><td>due</td>")
    assertContains(page, "<td>Tidy up</td>")
    assertContains(page, "<strong>Send a mail</strong>")
    assertNotContains(page, "just now</time></td></tr>")


def test_a_hundred_failures_cost_no_more_queries_than_one(
    admin: User, back_office: Callable[[User], Client], make_failure: MakeFailure, make_person: MakePerson, tell: Tell
) -> None:
    client = back_office(admin)
    make_failure(0)
    tell(admin)
    Mail.objects.update(status=MailStatus.FAILED)
    client.get(PAGE)
    with CaptureQueriesContext(connection) as few:
        client.get(PAGE)
    for number in range(1, 100):
        make_failure(number)
    tell(*(make_person(f"P{number}") for number in range(20)))
    Mail.objects.update(status=MailStatus.FAILED)
    with CaptureQueriesContext(connection) as many:
        page = client.get(PAGE)
    assertContains(page, "The latest 50 of 100.")
    assert len(many) == len(few) <= 26
