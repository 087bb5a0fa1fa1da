"""An open request keeps the form it was filed on until somebody moves it: the whole way, page by page."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from gradus import flow, policy
from gradus.accounts.models import User
from gradus.accounts.roles import Actor, Role
from gradus.flow import moving
from gradus.flow.automating.due import matches
from gradus.flow.automating.running import run
from gradus.flow.carrying import Crossing
from gradus.flow.errors import NotNow
from gradus.notify.models import Notification
from gradus.outgoing.services import body_of, type_of
from gradus.policy.errors import BookErrors
from gradus.policy.ruleset import load_texts
from gradus.policy.trying import try_book
from gradus.rulebook import editions, publishing, store
from gradus.rulebook.books.publishing import follow_what_is_in_force
from gradus.rulebook.comparing import changes
from gradus.rulebook.models import BookDraft, BookText, Version
from gradus.rulebook.publishing import NotPublished
from gradus.rulebook.replaying import replay
from tests.conftest import MakePerson
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


@pytest.fixture
def desk(client: Client, admin: User) -> Client:
    client.force_login(admin, "django.contrib.auth.backends.ModelBackend")
    return client


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


def test_the_page_before_a_publish_compares_an_edition_with_the_one_it_follows(
    filed: list[Request], second: str, publish: Publish, instructor: User
) -> None:
    flow.apply(filed[0], "approve", by=instructor)
    before = publishing.rules_of(store.standing())
    after = publishing.rules_of(publishing.candidate({REFUND: second.replace("allow = 3", "allow = 4")}))
    found = changes(before, after)
    assert {change.book for change in found} == {"requests.Request/refund-2"}
    assert {change.role for change in found} == {"from", "to"}
    assert "approve.from: in_review, submitted → filed, in_review" in {
        str(change).removeprefix("requests.Request/refund-2: ") for change in found
    }
    again = replay(after, last=100)
    assert (again.decided, again.same) == (3, 3)


def test_what_follows_a_step_follows_it_though_its_edition_is_gone(
    filed: list[Request], second: str, publish: Publish, instructor: User, admin: User
) -> None:
    """A task may run late: the newest edition says who is told."""
    publish(second)
    record = flow.history(filed[0]).done().get()
    assert flow.events.calls_of(flow.events.of(record))
    states = {state.name: state.name.replace("submitted", "filed") for state in flow.machine(filed[0]).states.values()}
    mapping = Crossing(Request, "refund", states, {"amount": "amount", "reason": "reason", "order": "receipt"})
    moving.migrate(mapping, by=Actor(admin, Role.ADMIN))
    publish(second.replace("allow = 3", "allow = 4"))
    assert [book.process for book in policy.active().books if book.kind == "refund"] == ["refund-2"]
    flow.events.deliver(record.pk)
    assert Notification.objects.filter(user=instructor).count() == 1


def test_a_reminder_of_a_stay_is_not_sent_again_after_the_move(
    second: str, refund: str, publish: Publish, filed: list[Request], admin: User, instructor: User
) -> None:
    """The state keeps its name here, so the stay goes on."""
    third = editions.begin(refund.replace("[process.fields.order]", "[process.fields.receipt]"), 2)
    publish(third)
    states = {name: name for name in flow.machine(filed[0]).states}
    late = timezone.now() + timedelta(days=2, hours=1)
    old = policy.active().book(Request, "refund")
    first, found_before = matches(old, old.automations[0], late)
    assert run(first, now=late).outcome == "acted"
    mapping = Crossing(Request, "refund", states, {"amount": "amount", "reason": "reason", "order": "receipt"})
    moving.migrate(mapping, by=Actor(admin, Role.ADMIN))
    new = policy.active().book(Request, "refund-2")
    due = list(matches(new, new.automations[0], late + timedelta(minutes=1)))
    assert [match.object_id for match in due] == [each.pk for each in filed if each.pk != first.object_id]
    assert run(found_before, now=late) is None  # the newer edition has it in hand


def test_an_edition_that_cannot_be_read_any_more_still_shows_what_was_filed(
    filed: list[Request], second: str, publish: Publish, student: User, instructor: User, client: Client
) -> None:
    publish(second)
    given = {**{name: value for name, value in ANSWERS.items() if name != "order"}, "receipt": "B-4"}
    new = flow.create(Request, "submit", by=student, kind="refund", **given)
    broken = second.replace("obj.author == user", "obj.autor == user", 1)
    BookText.objects.filter(text=second).update(text=broken)
    with policy.using(store.build(store.standing())) as rules:
        assert {book.process: bool(book.frozen) for book in rules.books if book.kind == "refund"} == {
            "refund": False, "refund-2": True,
        }  # fmt: skip
        client.force_login(instructor, "django.contrib.auth.backends.ModelBackend")
        assert client.get(f"/admin/requests/{new.pk}/").status_code == 200
        assert client.get("/admin/requests/?scope=all").content.decode().count('name="id"') == 3
        with pytest.raises(flow.NotNow):
            flow.apply(new, "withdraw", by=student)
        flow.apply(filed[0], "withdraw", by=student)


def test_other_systems_and_the_audit_log_know_the_kind_by_one_name(
    desk: Client, filed: list[Request], second: str, publish: Publish, student: User
) -> None:
    publish(second)
    given = {**{name: value for name, value in ANSWERS.items() if name != "order"}, "receipt": "B-4"}
    new = flow.create(Request, "submit", by=student, kind="refund", **given)
    event = flow.events.of(flow.history(new).done().get())
    assert type_of(event) == "requests.refund.submit"
    assert json.loads(body_of(event, "x"))["data"]["process"] == "refund"
    page = desk.get("/admin/audit/", {"process": "requests.Request/refund"}).content.decode()
    assert page.count("Refund: Charged twice") == 3
    desk.force_login(student, "django.contrib.auth.backends.ModelBackend")
    answer = desk.get(f"/api/v1/requests/{new.pk}").json()
    assert (answer["kind"], answer["edition"]) == ("refund", 2)
    assert desk.get(f"/api/v1/requests/{filed[0].pk}").json()["edition"] == 1


def test_the_pages_about_rules_tell_editions_apart(
    desk: Client, filed: list[Request], second: str, publish: Publish, student: User
) -> None:
    publish(second)
    page = desk.get("/admin/rules/").content.decode()
    assert ">Refund (edition 1)</a>" in page
    assert ">Refund</a>" in page
    assert reverse("rulebook_edition", args=[KEY]) in desk.get(reverse("rules_matrix", args=[KEY])).content.decode()
    assert desk.get(reverse("rules_diagram", args=["requests.request.refund-2"])).status_code == 200
    about = desk.get("/admin/rules/person/", {"person": "ada@example.com"}).content.decode()
    assert "There is a newer form for this." in about
    assert desk.get(reverse("rulebook_edition", args=["requests.request.refund-2"])).status_code == 404
    assert desk.get(reverse("rulebook_edition", args=["requests.request.bug"])).status_code == 404


def test_the_mapping_is_checked_and_what_does_not_fit_is_told(
    desk: Client, filed: list[Request], second: str, publish: Publish, student: User
) -> None:
    tight = second.replace('label = "Order number"', 'label = "Receipt"\nmax = 3\nrequired = true')
    publish(tight)
    address = reverse("rulebook_edition", args=[KEY])
    page = desk.get(address).content.decode()
    assert "would be moved" not in page
    assert re.search(r'<select name="state-submitted"[^>]*>\s*<option value="" selected>Choose', page)
    assert re.search(r'<option value="amount" selected>', page)
    wrong = desk.get(address, {**MAPPING, "field-order": ""})
    assert wrong.status_code == 422
    twice = desk.get(address, {**MAPPING, "field-order": "receipt", "field-reason": "receipt"})
    assert "goes there already" in twice.content.decode()
    page = desk.get(address, MAPPING).content.decode()
    assert re.search(r"Order number → Receipt: 2 \(This is too long: at most 3 characters.\)", page)
    assert "Receipt: 2, such as" in page  # required, and missing now
    left = desk.get(address, {**MAPPING, "field-order": "-"}).content.decode()
    assert "Answers that are left behind" in left
    (seen,) = re.findall(r'name="seen" value="([^"]+)"', page)
    desk.post(address, {**MAPPING, "seen": seen})
    moved = Request.objects.get(pk=filed[0].pk)
    assert "receipt" not in moved.answers
    record = flow.history(moved).done().last()
    assert record is not None
    assert record.params["left"] == {"order": "A-17"}
    late = desk.post(address, {**MAPPING, "seen": seen}, follow=True)
    assert "Every kind has one edition" not in late.content.decode()
    assert "2" not in re.findall(r"(\d+) things? would", late.content.decode())


def test_what_changed_since_the_look_is_looked_at_again(
    desk: Client, filed: list[Request], second: str, publish: Publish, instructor: User
) -> None:
    publish(second)
    address = reverse("rulebook_edition", args=[KEY])
    page = desk.get(address, MAPPING).content.decode()
    (seen,) = re.findall(r'name="seen" value="([^"]+)"', page)
    flow.apply(filed[0], "approve", by=instructor)
    answer = desk.post(address, {**MAPPING, "seen": seen}, follow=True)
    assert answer.status_code == 422
    assert "Things have changed meanwhile." in answer.content.decode()
    assert 'name="state-approved"' in answer.content.decode()
    assert 'value="receipt" selected' in answer.content.decode()  # what was chosen is still there
    assert {each.kind for each in Request.objects.all()} == {"refund"}
    publish(second.replace("allow = 3", "allow = 5"))
    mapping = {**MAPPING, "state-approved": "approved", "seen": seen}
    assert "The rules have changed since you looked." in desk.post(address, mapping, follow=True).content.decode()


def test_going_back_to_an_older_text_begins_a_new_edition_instead(
    desk: Client, filed: list[Request], second: str, refund: str, publish: Publish, admin: User
) -> None:
    publish(second)
    follow_what_is_in_force()
    draft = BookDraft.objects.get(file=REFUND)
    desk.post(reverse("rulebook_restore", args=[draft.pk]))
    page = desk.get(reverse("rulebook_review", args=[draft.pk])).content.decode()
    assert "edition 2 is in force" in page
    assert "Begin a new edition" in page
    desk.post(reverse("rulebook_begin_edition", args=[draft.pk]))
    page = desk.get(reverse("rulebook_review", args=[draft.pk])).content.decode()
    assert "Edition 3 begins" in page
    assert "Publish these rules" in page


def test_pages_about_editions_ask_the_same_however_many_things_there_are(
    desk: Client, filed: list[Request], second: str, publish: Publish, make_person: MakePerson
) -> None:
    publish(second)
    address = reverse("rulebook_edition", args=[KEY])
    desk.get(address, MAPPING)

    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            assert desk.get(address, MAPPING).status_code == 200
        return len(found)

    few = asked()
    rows = [flow.Past({"author": make_person(f"S{number}", Role.STUDENT), **ANSWERS}, PAST) for number in range(12)]
    with policy.using(load_texts(store.files())):
        flow.backfill(Request, [replace(row, kind="refund") for row in rows])
    assert asked() == few


def test_a_name_leaves_room_for_the_number_of_its_edition(refund: str) -> None:
    long = refund.replace("requests.refund", "requests." + "x" * 60)
    assert load_texts({REFUND: long}).books
    with pytest.raises(BookErrors, match="at most 60 characters together"):
        load_texts({REFUND: editions.begin(long, 2) or ""})


def test_the_newest_edition_may_be_named_by_itself(
    client: Client, second: str, publish: Publish, filed: list[Request], student: User
) -> None:
    publish(second)
    given = {**{name: value for name, value in ANSWERS.items() if name != "order"}, "receipt": "B-4"}
    client.force_login(student, "django.contrib.auth.backends.ModelBackend")
    answer = client.post("/api/v1/requests/", {"kind": "refund-2", "values": given}, content_type="application/json")
    assert answer.status_code == 201, answer.content
    assert (answer.json()["kind"], answer.json()["edition"]) == ("refund", 2)
