"""Each step tells whom it concerns, in the app and by mail, and every open page of the request."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail as outgoing
from hypothesis import given
from hypothesis import settings as settings_
from hypothesis import strategies as st

from gradus import flow, policy
from gradus.accounts.models import User
from gradus.accounts.roles import Role
from gradus.flow import events
from gradus.notify import saying, tasks
from gradus.notify.models import Change, Mail, Notification
from gradus.policy.checks import mistakes
from gradus.policy.texts import texts_of
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


def test_every_rule_that_tells_somebody_has_somebody_and_something_to_tell() -> None:
    assert [each for each in mistakes(policy.active()) if not each.file.startswith("rules/")] == []


def bug(before: str, after: str) -> policy.RuleSet:
    text = Path(settings.RULES_DIR, "requests/bug.toml").read_text(encoding="utf-8")
    assert before in text
    return policy.load_texts({"requests/bug.toml": text.replace(before, after)})


TOLD = 'notify = "author", template = "requests/approved"'


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (TOLD, 'notify = "author", template = "x/y"', "x/y.subject.txt"),
        (TOLD, 'notify = "author", template = "requests/approved", text = "x"', "not both"),
        (TOLD, 'notify = "author", text = "Where: {pgae}"', "{pgae} stands for nothing here; did you mean page?"),
        (TOLD, 'notify = "author", text = "{files}"', "{files} stands for nothing here"),
        (TOLD, 'notify = "author", text = "{title"', "a brace is opened or closed alone"),
        (TOLD, 'notify = "author", subject = "{title!r}"', "only a word stands between braces"),
        (TOLD, 'notify = "author", text = "{}"', "{} stands for nothing here"),
        (TOLD, f'notify = "author", text = "{"x" * 5001}"', "at most 5,000 characters"),
        (
            'notify = "author"',
            'notify = "autor"',
            "[fields], so nobody is told; did you mean author?",
        ),
        ('notify = "author"', 'notify = "since"', "“since” is not a person, so nobody is told"),
        ('notify = "role:instructor"', 'notify = "role:owner"', "“role:owner” is not a role anybody holds"),
    ],
)
def test_a_rule_that_tells_nobody_or_nothing_is_found_with_its_book(before: str, after: str, words: str) -> None:
    problems = [each for each in mistakes(bug(before, after)) if each.file == "requests/bug.toml"]
    assert problems
    assert words in problems[0].text
    assert {each.key.partition(".")[0] for each in problems} <= {"transitions", "automations"}


def test_a_book_says_it_in_its_own_words(make_request: MakeRequest, student: User, instructor: User) -> None:
    text = "Hello {reader}!\\n\\n{actor} says {note} It is {state}, {{so}} {severity}."
    said = f'subject = "{{kind}}: {{title}}", text = "{text}"'
    with policy.using(bug(TOLD, f'notify = "author", {said}')):
        request = make_request("bug", title="Broken <b>film</b>", severity="major")
        request = flow.apply(request, "approve", by=instructor, note="Sorry & <b>soon</b>.")
        after_commit(request)
        [told] = Notification.objects.filter(user=student)
        assert (told.kind, told.title) == ("requests/said", "Bug report: Broken <b>film</b>")
        words = "Hello Ada!\n\nIvo says Sorry & <b>soon</b>. It is Confirmed, {so} I have to work around it."
        assert told.body == words
        tasks.send_mail(told.mail.pk)
    [sent] = outgoing.outbox
    assert sent.subject == "Bug report: Broken <b>film</b>"
    assert words in sent.body
    assert "<p>Ivo says Sorry &amp; &lt;b&gt;soon&lt;/b&gt;. It is Confirmed" in sent.alternatives[0][0]


def test_without_words_of_its_own_it_says_what_has_happened(
    make_request: MakeRequest, student: User, instructor: User
) -> None:
    with policy.using(bug(TOLD, 'notify = "author"')):
        after_commit(flow.apply(make_request("bug", title="Broken film"), "approve", by=instructor, note="At once."))
    [told] = Notification.objects.filter(user=student)
    assert told.title == "Confirmed: Broken film"
    assert told.body == "Bug report “Broken film”: Confirmed.\n\nAt once."


def test_what_is_said_to_a_role_is_opted_into_by_mail(make_request: MakeRequest, instructor: User) -> None:
    submitted = 'notify = "role:instructor", template = "requests/submitted"'
    with policy.using(bug(submitted, 'notify = "role:instructor", text = "{title} is new."')):
        after_commit(make_request("bug", title="Broken film"))
    [told] = Notification.objects.filter(user=instructor)
    assert (told.kind, told.body) == ("requests/role/said", "Broken film is new.")
    assert not Mail.objects.exists()


def test_words_of_books_go_into_the_catalogue() -> None:
    [book] = bug(TOLD, 'notify = "author", subject = "Good news", text = "{title} is confirmed."').books
    found = dict(texts_of(book))
    assert found["transitions.approve.then.1.subject"] == "Good news"
    assert found["transitions.approve.then.1.text"] == "{title} is confirmed."


@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from(["{", "}", "title", "note", "!", ":", " "]), max_size=9).map("".join)
)
@settings_(max_examples=300, deadline=None)
def test_any_text_is_refused_or_can_be_filled_in(text: str) -> None:
    [book] = bug(TOLD, TOLD).books
    try:
        saying.check(text, book)
    except policy.RuleError:
        return
    obj = Request(kind="bug", title="A title", state="submitted")
    told = {"transition": "submit", "note": "a note", "actor": "", "reader": None}
    filled = saying.text(text, obj, told)
    assert "{title}" not in filled or "{{title}}" in text
