"""Each step tells whom it concerns, in the app and by mail, and every open page of the request."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail as outgoing

from gradus import flow, policy
from gradus.accounts.models import User
from gradus.accounts.roles import Role
from gradus.flow import events
from gradus.notify import tasks
from gradus.notify.models import Change, Mail, Notification
from gradus.policy.checks import mistakes
from tests.conftest import MakePerson
from tests.workflows.requests.conftest import MakeRequest
from workflows.requests.models import Request

pytestmark = pytest.mark.django_db(transaction=True)


def after_commit(request: Request) -> None:
    """What a worker does for the last step, twice, as it may."""
    record = flow.history(request).order_by("pk").last()
    events.deliver(record.pk)
    events.deliver(record.pk)


def told() -> list[tuple[str, str]]:
    return list(Notification.objects.order_by("pk").values_list("user__display_name", "kind"))


@pytest.mark.usefixtures("instructor", "other_instructor", "editor", "admin")
def test_a_new_request_is_told_to_instructors(make_request: MakeRequest) -> None:
    after_commit(make_request())
    assert sorted(told()) == [("Iris", "requests/submitted"), ("Ivo", "requests/submitted")]
    assert not Mail.objects.exists()  # by default instructors read of new ones on the site


def test_whoever_files_is_not_told_about_it_as_an_instructor(
    make_person: MakePerson, make_request: MakeRequest
) -> None:
    both = make_person("Dora", Role.STUDENT, Role.INSTRUCTOR)
    both.act_as = Role.STUDENT
    after_commit(make_request(by=both))
    assert told() == []


def test_the_author_reads_the_decision_and_its_note(make_request: MakeRequest, student: User, instructor: User) -> None:
    request = flow.apply(make_request("refund"), "reject", by=instructor, note="Sorry & <b>no</b>")
    after_commit(request)
    [notification] = Notification.objects.filter(user=student)
    assert notification.url == request.get_absolute_url()
    assert "Sorry & <b>no</b>" in notification.body
    tasks.send_mail(notification.mail.pk)
    [sent] = outgoing.outbox
    assert sent.to == ["Ada <ada@example.com>"]
    assert "Sorry & <b>no</b>" in sent.body
    assert "Sorry &amp; &lt;b&gt;no&lt;/b&gt;" in sent.alternatives[0][0]


def test_the_reviewer_is_led_to_the_workbench_and_the_author_to_the_site(
    make_request: MakeRequest, student: User, instructor: User
) -> None:
    request = flow.apply(make_request(), "claim", by=instructor)
    after_commit(request)
    request = flow.apply(request, "ask", by=instructor, note="Which page?")
    after_commit(request)
    request = flow.apply(request, "answer", by=student, note="This one.")
    after_commit(request)
    assert told() == [("Ada", "requests/claimed"), ("Ada", "requests/asked"), ("Ivo", "requests/answered")]
    assert Notification.objects.get(user=instructor).url.startswith("/admin/")


def test_the_author_of_two_roles_is_led_to_their_own_page(make_person: MakePerson, make_request: MakeRequest) -> None:
    both = make_person("Dora", Role.STUDENT, Role.INSTRUCTOR)
    both.act_as = Role.STUDENT
    colleague = make_person("Carl", Role.INSTRUCTOR)
    request = flow.apply(make_request(by=both), "claim", by=colleague)
    after_commit(request)
    assert Notification.objects.get().url == request.get_absolute_url()


def test_a_mail_says_nothing_about_a_request_that_is_out_of_sight_by_then(
    make_request: MakeRequest, student: User, instructor: User
) -> None:
    after_commit(flow.apply(make_request(), "claim", by=instructor))
    student.groups.clear()
    assert tasks.send_mail(Mail.objects.get().pk) == "skipped"
    assert outgoing.outbox == []


def test_every_step_is_announced_to_the_pages_that_show_it(make_request: MakeRequest, instructor: User) -> None:
    request = make_request()
    request = flow.apply(request, "claim", by=instructor)
    rows = Change.objects.filter(type="requests.request").order_by("pk")
    to_its_page = [(row.object_id, row.version) for row in rows if row.group == f"topic.requests.request.{request.pk}"]
    assert to_its_page == [(str(request.pk), 1), (str(request.pk), 2)]
    assert {row.object_id for row in rows} == {str(request.pk), "any"}


ONCE, BOTH = {"transitions"}, {"transitions", "automations"}


@pytest.mark.parametrize(
    ("before", "after", "words", "sections"),
    [
        (
            'notify = "author", template = "requests/approved"',
            'notify = "author", template = "x/y"',
            "x/y.subject.txt",
            ONCE,
        ),
        ('notify = "author"', 'notify = "nobody"', "“nobody” is not one of [fields]", BOTH),
        ('notify = "author"', 'notify = "since"', "“since” is not a person", BOTH),
        ('notify = "role:instructor"', 'notify = "role:owner"', "“role:owner” is not a role", BOTH),
    ],
)
def test_a_rule_that_tells_nobody_or_nothing_is_found_with_its_book(
    before: str, after: str, words: str, sections: set[str]
) -> None:
    text = Path(settings.RULES_DIR, "requests/bug.toml").read_text(encoding="utf-8")
    assert before in text
    problems = mistakes(policy.load_texts({"requests/bug.toml": text.replace(before, after)}))
    told = [problem for problem in problems if problem.file == "requests/bug.toml"]
    assert told
    assert all(words in problem.text for problem in told)
    assert {problem.key.partition(".")[0] for problem in told} == sections
