"""An open request keeps the form it was filed on until somebody moves it: the whole way, page by page."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gradus import flow, policy
from gradus.accounts.models import User
from gradus.flow.errors import NotNow
from gradus.policy.ruleset import load_texts
from gradus.policy.trying import try_book
from gradus.rulebook import editions, publishing, store
from gradus.rulebook.books.publishing import follow_what_is_in_force
from gradus.rulebook.models import BookDraft, Version
from gradus.rulebook.publishing import NotPublished
from tests.platform.rulebook.conftest import REFUND, Commit
from workflows.requests.models import Request

pytestmark = pytest.mark.usefixtures("in_force")
FIRST = "requests/refund-1.toml"
ANSWERS = {"amount": 4990, "reason": "unused", "order": "A-17", "title": "Charged twice", "text": "Twice."}
KEY = "requests.request.refund"
MAPPING = {"state-submitted": "filed", "field-amount": "amount", "field-reason": "reason", "field-order": "receipt"}
Publish = Callable[..., Any]
PAST = (flow.Happened("submit", at=timezone.now() - timedelta(days=1)),)


@pytest.fixture
def renamed(refund: str) -> str:
    """Another state and another field, and the number of the first edition."""
    text = re.sub(r"\bsubmitted\b(?! \])", "filed", refund).replace("requests/filed", "requests/submitted")
    return text.replace("[process.fields.order]", "[process.fields.receipt]")


@pytest.fixture
def second(renamed: str) -> str:
    text = editions.begin(renamed, 2)
    assert text is not None
    return text


@pytest.fixture
def publish(admin: User, django_capture_on_commit_callbacks: Commit) -> Publish:
    def do(text: str | None, file: str = REFUND) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return publishing.publish({file: text}, by=admin, note="Another form")

    return do


@pytest.fixture
def filed(student: User) -> list[Request]:
    return [flow.create(Request, "submit", by=student, kind="refund", **ANSWERS) for _ in range(2)]


def test_a_request_is_decided_under_its_edition_and_then_moved(
    desk: Client, filed: list[Request], renamed: str, student: User, instructor: User, admin: User,
    django_capture_on_commit_callbacks: Commit,
) -> None:  # fmt: skip
    follow_what_is_in_force()
    draft = BookDraft.objects.get(file=REFUND)
    draft.text = renamed
    draft.save_revision(user=admin)
    page = desk.get(reverse("rulebook_review", args=[draft.pk])).content.decode()
    assert "There are things in the state “Submitted”, which goes." in page
    assert "There are answers to “Order number”, which goes." in page
    assert "Publish these rules" not in page

    answer = desk.post(reverse("rulebook_begin_edition", args=[draft.pk]), follow=True)
    page = answer.content.decode()
    assert "edition = 2" in page
    assert "What else differs" in page
    assert "<code>receipt</code>" in page
    assert "2 things stay in Refund (edition 1):" in page
    assert "<li>Submitted: 2</li>" in page
    with django_capture_on_commit_callbacks(execute=True):
        sent = {"note": "Shorter", "seen": store.standing().number}
        answer = desk.post(reverse("rulebook_review", args=[draft.pk]), sent)
    page = desk.get(answer["Location"]).content.decode()
    assert reverse("rulebook_edition", args=[KEY]) in page

    old, decided = filed
    flow.apply(decided, "approve", by=instructor)
    assert "submitted" in flow.machine(old).states
    assert [offer.name for offer in flow.offers(old, instructor) if offer.allowed] == ["claim", "approve", "reject"]
    given = {**{name: value for name, value in ANSWERS.items() if name != "order"}, "receipt": "B-4"}
    new = flow.create(Request, "submit", by=student, kind="refund", **given)
    assert (new.kind, new.state, new.answers["receipt"]) == ("refund-2", "filed", "B-4")
    with pytest.raises(ValidationError, match="not asked for"):
        flow.create(Request, "submit", by=student, kind="refund", **ANSWERS)

    address = reverse("rulebook_edition", args=[KEY])
    mapping = {**MAPPING, "state-approved": "approved"}
    page = desk.get(address, mapping).content.decode()
    assert "2 things would be moved" in page
    assert f'href="/admin/requests/{old.pk}/"' in page
    assert "For 1 thing the time in its state begins anew" in page
    (seen,) = re.findall(r'name="seen" value="([^"]+)"', page)
    page = desk.post(address, {**mapping, "seen": seen}, follow=True).content.decode()
    assert "2 things were moved on from Refund (edition 1)." in page

    moved = Request.objects.get(pk=old.pk)
    assert (moved.kind, moved.state, moved.version, moved.answers["receipt"]) == ("refund-2", "filed", 2, "A-17")
    assert "order" not in moved.answers
    record = flow.history(moved).done().last()
    assert (record.source, record.target, record.actor, record.role) == ("submitted", "filed", admin, "admin")
    assert record.book_version == policy.active().book(Request, "refund-2").version
    flow.apply(moved, "claim", by=instructor, expect_version=2)
    assert Request.objects.get(pk=moved.pk).state == "in_review"
    assert Request.objects.get(pk=decided.pk).state == "approved"


def test_an_edition_is_a_book_like_any_other_and_goes_when_nothing_needs_it(
    desk: Client, filed: list[Request], second: str, publish: Publish, admin: User,
    django_capture_on_commit_callbacks: Commit,
) -> None:  # fmt: skip
    publish(second)
    assert store.standing().published[FIRST] == store.files()[REFUND]
    listed = desk.get(reverse("wagtailsnippets_rulebook_bookdraft:list")).content.decode()
    assert FIRST in listed
    assert "Refund (edition 1)" in listed
    kept = BookDraft.objects.get(file=FIRST)
    edit = reverse("wagtailsnippets_rulebook_bookdraft:edit", args=[kept.pk])
    tightened = kept.text.replace("allow = 3", "allow = 4")
    assert desk.post(edit, {"text": tightened, "note": "More", "action-review": "1"}).status_code == 302
    assert desk.get(reverse("rulebook_review", args=[kept.pk])).status_code == 200
    assert desk.get(reverse("rulebook_export", args=[kept.pk])).content.decode() == kept.text
    with django_capture_on_commit_callbacks(execute=True):
        BookDraft.objects.get(file=FIRST).get_latest_revision().publish(user=admin)
    assert policy.active().book(Request, "refund").limits[0].allow == 4
    Request.objects.all().delete()
    publish(second.replace("allow = 3", "allow = 5"))
    assert FIRST not in store.standing().published
    assert FIRST not in desk.get(reverse("wagtailsnippets_rulebook_bookdraft:list")).content.decode()


def test_nobody_makes_a_book_that_is_called_like_an_older_edition(desk: Client, refund: str) -> None:
    sent = {"file": FIRST, "text": refund, "note": "Mine"}
    answer = desk.post(reverse("wagtailsnippets_rulebook_bookdraft:add"), sent)
    assert answer.status_code == 200
    assert not BookDraft.objects.filter(file=FIRST).exists()


def test_the_tests_of_a_book_run_for_each_edition(filed: list[Request], second: str, publish: Publish) -> None:
    publish(second)
    tried = {book.process: try_book(book) for book in policy.active().books if book.kind == "refund"}
    assert {name: len(results) for name, results in tried.items()} == {"refund": 16, "refund-2": 16}
    assert all(result.passed for results in tried.values() for result in results)


def test_numbers_only_grow_and_rolling_back_needs_no_thing_of_the_newer_one(
    filed: list[Request], student: User, admin: User, second: str, refund: str, publish: Publish,
    django_capture_on_commit_callbacks: Commit,
) -> None:  # fmt: skip
    publish(refund.replace("allow = 3", "allow = 6"))
    publish(second)
    with pytest.raises(NotPublished, match="edition 2 is in force"):
        publish(refund)
    with pytest.raises(NotPublished, match="its number and name cannot change"):
        publish(editions.begin(refund, 7), FIRST)
    given = {**{name: value for name, value in ANSWERS.items() if name != "order"}, "receipt": "B-4"}
    new = flow.create(Request, "submit", by=student, kind="refund", **given)
    first = Version.objects.get(number=1)
    with pytest.raises(NotPublished, match="things in edition 2, which this version does not have"):
        publishing.roll_back(first, by=admin, note="Back")
    Request.objects.filter(pk=new.pk).delete()
    with django_capture_on_commit_callbacks(execute=True):
        publishing.roll_back(first, by=admin, note="Back")
    assert [book.process for book in policy.active().books if book.kind == "refund"] == ["refund"]


def test_what_is_frozen_stays_so_in_the_edition_that_begins(
    filed: list[Request], admin: User, second: str, publish: Publish, django_capture_on_commit_callbacks: Commit
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        publishing.freeze("requests.Request/refund", by=admin, note="A mistake in it")
    publish(second)
    frozen = {book.process: book.frozen for book in policy.active().books if book.kind == "refund"}
    assert frozen == {"refund": "A mistake in it", "refund-2": "A mistake in it"}


def test_a_kind_is_offered_filed_limited_and_filtered_as_one(
    client: Client, filed: list[Request], student: User, instructor: User, second: str, publish: Publish
) -> None:
    publish(second)
    assert [offer.kind for offer in flow.creations(Request, student)].count("refund") == 1
    assert not [offer for offer in flow.creations(Request, student) if "-" in offer.kind]
    given = {**{name: value for name, value in ANSWERS.items() if name != "order"}, "receipt": "B-4"}
    client.force_login(student, "django.contrib.auth.backends.ModelBackend")
    assert 'name="receipt"' in client.get("/requests/new/refund/").content.decode()
    assert 'name="receipt"' in client.get("/requests/new/refund-2/").content.decode()
    flow.create(Request, "submit", by=student, kind="refund", **given)
    with pytest.raises(flow.Limited):
        flow.create(Request, "submit", by=student, kind="refund", **given)
    assert client.get("/requests/").content.decode().count("Charged twice</a>") == 3  # all are open
    assert client.get("/requests/?show=closed").content.decode().count("Charged twice</a>") == 0
    client.force_login(instructor, "django.contrib.auth.backends.ModelBackend")
    page = client.get("/admin/requests/", {"scope": "all", "kind": "refund"}).content.decode()
    assert page.count('name="id"') == 3
    assert page.count('value="refund"') == 1
    assert "refund-2" not in page
    client.force_login(student, "django.contrib.auth.backends.ModelBackend")
    assert client.get("/requests/new/").content.decode().count("/requests/new/refund") == 0
    body = {"kind": "refund", "values": given}
    answer = client.post("/api/v1/requests/", body, content_type="application/json")
    assert answer.status_code == 429, answer.content


def test_a_third_edition_refuses_the_second_by_its_own_name(
    filed: list[Request], student: User, second: str, publish: Publish, client: Client
) -> None:
    publish(second)
    publish(editions.begin(second, 3))
    with pytest.raises(NotNow, match="There is a newer form for this"):
        flow.create(Request, "submit", by=student, kind="refund-2", **ANSWERS)
    with pytest.raises(LookupError):
        flow.create(Request, "submit", by=student, kind="refund-9", **ANSWERS)
    client.force_login(student, "django.contrib.auth.backends.ModelBackend")
    answer = client.post("/api/v1/requests/", {"kind": "refund-2", "values": {}}, content_type="application/json")
    assert answer.status_code == 409
    assert "newer form" in answer.content.decode()


SHAPES = [
    ("[process.fields.order]", "[process.fields.receipt]", "answers to “Order number”, which goes"),
    ('[process.fields.order]\ntype  = "text"', '[process.fields.order]\ntype  = "number"', "becomes another type"),
    (
        '[process.fields.order]\ntype  = "text"',
        '[process.fields.order]\ntype  = "text"\nmany = 3',
        "takes several values",
    ),
    ('unused = "I did not use it", ', "", "“I did not use it” to “Reason”, and that choice goes"),
]


@pytest.mark.parametrize(("old", "new", "said"), SHAPES)
def test_what_a_thing_holds_stays_unless_a_new_edition_begins(
    filed: list[Request], refund: str, publish: Publish, old: str, new: str, said: str
) -> None:
    assert old in refund
    with pytest.raises(NotPublished, match=said):
        publish(refund.replace(old, new))
    publish(editions.begin(refund.replace(old, new), 2))


@pytest.mark.parametrize(("old", "new", "_said"), SHAPES)
def test_what_nobody_answered_may_change(
    refund: str, publish: Publish, student: User, old: str, new: str, _said: str
) -> None:
    answers = {**ANSWERS, "reason": "other", "order": ""}
    flow.create(Request, "submit", by=student, kind="refund", **answers)
    publish(refund.replace(old, new))


def rule(text: str, name: str, change: Callable[[str], str]) -> str:
    """The text with one transition of it changed."""
    start = text.index(f"[transitions.{name}]")
    end = text.index("\n\n", start)
    return text[:start] + change(text[start:end]) + text[end:]


def nobody(block: str) -> str:
    return re.sub(r'(?m)^(student|instructor|admin)( *)= ".*"$', r'\1\2= "never"', block)


def untested(text: str) -> str:
    return text.split("[[tests]]", maxsplit=1)[0]


STRANDED = "things in the state “Approved”, and no transition they wait for leads out of it any more"


@pytest.fixture
def approved(filed: list[Request], instructor: User) -> Request:
    return flow.apply(filed[0], "approve", by=instructor)


@pytest.mark.parametrize(
    "change",
    [
        nobody,
        lambda block: block.replace('"approved"', '"submitted"'),
        lambda block: block.replace('to         = "completed"\n', ""),
        lambda _block: "",
    ],
    ids=["nobody may", "it starts elsewhere", "it leads nowhere", "it goes"],
)
def test_what_waits_is_not_left_without_a_way_on(
    approved: Request, instructor: User, refund: str, publish: Publish, change: Callable[[str], str]
) -> None:
    text = rule(untested(refund), "complete", change)
    with pytest.raises(NotPublished, match=STRANDED):
        publish(text)
    publish(editions.begin(text, 2))
    assert flow.apply(approved, "complete", by=instructor).state == "completed"


def test_a_way_on_may_go_where_another_is_left_or_nothing_waits(
    approved: Request, refund: str, publish: Publish
) -> None:
    publish(rule(untested(refund), "complete", lambda block: block.replace("complete]", "pay]")))
    unwaited = rule(untested(refund), "complete", lambda block: f"{block}\nwaiting = false")
    with pytest.raises(NotPublished, match=STRANDED):  # the one that waited is gone
        publish(unwaited)
    publish(None)
    publish(unwaited)  # still there, only nobody is told any more
    publish(rule(untested(refund), "complete", nobody))


def test_what_is_open_may_keep_its_rules_though_nothing_would_break(
    desk: Client, filed: list[Request], refund: str, instructor: User
) -> None:
    flow.apply(filed[0], "reject", by=instructor, note="No")
    follow_what_is_in_force()
    draft = BookDraft.objects.get(file=REFUND)
    draft.text = refund.replace("allow = 3", "allow = 2")
    draft.save_revision()
    page = desk.get(reverse("rulebook_review", args=[draft.pk])).content.decode()
    said = "1 thing that is still open follows these rules as soon as they are published."
    assert page.index(said) < page.index("Who may do what, until now and then")
    assert "Publish these rules" in page
    page = desk.post(reverse("rulebook_begin_edition", args=[draft.pk]), follow=True).content.decode()
    assert "Edition 2 begins" in page
    assert "2 things stay in Refund (edition 1):" in page
    assert "still open follows" not in page


@pytest.mark.parametrize(
    "text",
    [
        '[process]\nname = "mill.flour"\ntitle = "Flour"\n',
        '[process]\nname = "mill.flour"\nedition   = 1  # the first\n',
        'process = "mill.flour"\n[fields]\n',
        '# edition = 9\n[process]\ntitle = "Flour"\nname = "mill.flour"\n[fields]\nedition = "pk"\n',
    ],
)
def test_the_number_is_written_where_it_belongs(text: str) -> None:
    changed = editions.begin(text, 2)
    assert changed is not None
    assert editions.written(changed) == ("mill.flour", 2)
    assert len(changed.splitlines()) - len(text.splitlines()) in {0, 1}


@pytest.mark.parametrize(
    ("number", "said"),
    [("0", "from 1 to 999"), ("1000", "from 1 to 999"), ('"2"', "a whole number is expected"), ("true", "a whole")],
)
def test_an_edition_is_a_number(refund: str, number: str, said: str) -> None:
    text = refund.replace('name  = "requests.refund"', f'name  = "requests.refund"\nedition = {number}')
    with pytest.raises(Exception, match=said):
        load_texts({REFUND: text})


def test_an_answer_in_a_form_that_was_open_is_not_lost_without_a_word(
    client: Client, student: User, second: str, publish: Publish
) -> None:
    client.force_login(student, "django.contrib.auth.backends.ModelBackend")
    address = reverse("requests:submit", args=["refund"])
    answers = {"title": "Twice", "text": "Twice.", "amount": "49.90", "reason": "unused", "order": "A-17"}
    sent = {**answers, "asked-then": _asked_then(client.get(address))}
    publish(second)
    answer = client.post(address, sent)
    assert answer.status_code == 422
    assert "has no place any more for “A-17”" in answer.content.decode()
    assert not Request.objects.exists()
    assert "receipt" in _asked_then(answer)
    without = {name: value for name, value in answers.items() if name != "order"}
    assert client.post(address, {**without, "asked-then": sent["asked-then"]}).status_code == 302
    assert client.post(address, {**answers, "asked-then": _asked_then(answer)}).status_code == 302
    assert {request.kind for request in Request.objects.all()} == {"refund-2"}


def _asked_then(page: Any) -> str:
    (found,) = re.findall(r'name="asked-then" value="([^"]+)"', page.content.decode())
    return str(found)
