"""What editions are to everything else: comparison, tasks that run late, reminders, other systems, the pages."""

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest
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
from gradus.notify.models import Notification
from gradus.outgoing.services import body_of, type_of
from gradus.policy.errors import BookErrors
from gradus.policy.ruleset import load_texts
from gradus.rulebook import editions, publishing, store
from gradus.rulebook.books.publishing import follow_what_is_in_force
from gradus.rulebook.books.review import review
from gradus.rulebook.comparing import changes
from gradus.rulebook.models import BookDraft, BookText
from gradus.rulebook.replaying import replay
from tests.conftest import MakePerson
from tests.platform.rulebook.conftest import REFUND
from tests.platform.rulebook.test_editions import (
    ANSWERS,
    KEY,
    MAPPING,
    PAST,
    Publish,
    filed,
    publish,
    renamed,
    second,
)
from workflows.requests.models import Request

__all__ = ["filed", "publish", "renamed", "second"]
pytestmark = pytest.mark.usefixtures("in_force")


def test_the_page_before_a_publish_compares_an_edition_with_the_one_it_follows(
    filed: list[Request], second: str, publish: Publish, instructor: User
) -> None:
    flow.apply(filed[0], "approve", by=instructor)
    before = publishing.rules_of(store.standing())
    after = publishing.rules_of(publishing.candidate({REFUND: second.replace("allow = 3", "allow = 4")}))
    found = changes(before, after)
    assert {change.book for change in found} == {"requests.Request/refund-2"}
    assert {change.role for change in found if change.section == "transitions"} == {"from", "to"}
    assert "approve.from: in_review, submitted → filed, in_review" in {
        str(change).removeprefix("requests.Request/refund-2: ") for change in found
    }
    assert [str(change) for change in found if change.section == "limits"] == [
        "requests.Request/refund-2: limits.refund-filing.allow: 3 → 4"
    ]
    again = replay(after, last=100)
    assert (again.decided, again.same) == (3, 3)


def test_the_matrix_of_a_new_edition_stands_beside_the_one_it_follows(second: str, admin: User) -> None:
    [found] = review(REFUND, second, viewer=admin, last=100).matrices
    rows = (*found.transitions, *found.rights)
    assert {role for row in rows for role, pair in row.cells if pair.changed} == set()
    assert found.transitions


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
    unsaid = desk.get(address, {**MAPPING, "field-amount": ""}).content.decode()  # nothing else is chosen for anybody
    assert re.search(r'<select name="field-amount"[^>]*>\s*<option value="" selected>Choose', unsaid)
    twice = desk.get(address, {**MAPPING, "field-order": "receipt", "field-reason": "receipt"})
    assert "goes there already" in twice.content.decode()
    page = desk.get(address, MAPPING).content.decode()
    assert "<strong>Order number → Receipt</strong>: 2 things. This is too long: at most 3 characters." in page
    assert "<strong>Receipt</strong>: 2 things. For example:" in page  # required, and missing now
    left = desk.get(address, {**MAPPING, "field-order": "-"}).content.decode()
    assert "Answers that are left behind" in left
    (seen,) = re.findall(r'name="seen" value="([^"]+)"', page)
    desk.post(address, {**MAPPING, "seen": seen})
    moved = Request.objects.get(pk=filed[0].pk)
    assert "receipt" not in moved.answers
    record = flow.history(moved).done().last()
    assert record is not None
    assert record.params["left"] == {"order": "A-17"}
    told = desk.get(reverse("audit_record", args=[record.pk])).content.decode()
    assert "<dt>Order number</dt><dd>A-17 (This is too long: at most 3 characters.)</dd>" in told
    assert "&#x27;order&#x27;" not in told
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
