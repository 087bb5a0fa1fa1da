"""Why somebody may or may not: the tree, the row, the reasons; and nothing that is not for the one who looks."""

import re
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client
from django.utils.html import escape
from pytest_django import DjangoAssertNumQueries

from gradus import flow, policy
from gradus.accounts.models import User
from gradus.accounts.roles import Actor, Role
from gradus.flow.errors import FlowError
from gradus.policy.deciding import case_for
from gradus.policy.explaining import explain_case
from gradus.rulebook.seeing import choices
from gradus.rulebook.seeing.addresses import why_url
from tests.platform.flow.mill.models import Order
from tests.platform.rulebook.conftest import DEAR, flour, orders
from workflows.requests.models import Request

pytestmark = pytest.mark.django_db
REFUND = (Path(settings.RULES_DIR) / "requests" / "refund.toml").read_text()
NO_ADMIN = ('admin      = "always"\n\n[transitions.order]', "\n[transitions.order]")
SEEN = ('show  = ["instructor"]', 'show  = ["instructor", "admin"]')


def refunds() -> policy.RuleSet:
    """Refunds of which an instructor approves small ones alone, and sees the amount."""
    shown = REFUND.replace("[process.fields.amount]", '[process.fields.amount]\nshow = ["instructor"]', 1)
    before, approve = shown.split("[transitions.approve]", 1)
    small = approve.replace('instructor = "free"', 'instructor = "free and obj.amount <= 10000"', 1)
    return policy.load_texts({"requests/refund.toml": f"{before}[transitions.approve]{small}"})


@pytest.fixture
def refund(student: User) -> Request:
    given = {"title": "Charged twice", "text": "It was.", "amount": 25_000, "reason": "unused"}
    with policy.using(refunds()):
        return flow.create(Request, "submit", by=student, kind="refund", **given)


def ask(desk: Client, order: Order, who: User, name: str = "approve", **more: str) -> str:
    return desk.get(why_url(who.pk, order, name), more or None).content.decode()


def answer_of(page: str) -> str:
    """Without the form, which repeats what was asked."""
    return page[page.index("</form>", page.index("rb-form")) :]


def test_a_refusal_is_laid_out_with_its_row_and_reasons(desk: Client, order: Order, instructor: User) -> None:
    with policy.using(flour()):
        page = ask(desk, order, instructor)
    assert "Ivo may not do this now: Approve" in page
    assert "flour.toml#transitions.approve.instructor" in page
    assert "The price is above 100.00" in page
    assert "Nothing forbids it" in page
    assert "cheap and obj.reviewer is None" in page
    parts = re.findall(r"rb-mark--(yes|no)", answer_of(page))
    assert parts == ["yes", "yes", "no", "no", "no", "yes"]  # not own, its leaf; all of, cheap, its leaf, nobody yet


def test_what_is_allowed_is_laid_out_as_well(desk: Client, order: Order, admin: User) -> None:
    with policy.using(flour()):
        page = ask(desk, order, admin)
    assert "Alma may do this now: Approve" in page
    assert "rb-mark--no" not in answer_of(page)


def test_a_forbidden_thing_names_what_forbids_it(desk: Client, order: Order, student: User) -> None:
    with policy.using(flour(("[transitions.approve]", '[transitions.approve]\nstudent = "always"'))):
        page = ask(desk, order, student)
    assert "What forbids it to everybody" in page
    assert "flour.toml#transitions.approve.forbid" in page or "transitions.approve.forbid" in page


def test_a_role_without_a_row_is_told_who_may(desk: Client, order: Order, student: User) -> None:
    with policy.using(flour()):
        assert "Only instructors and administrators may do this." in ask(desk, order, student)
        assert "It has no row for this role" in ask(desk, order, student)


def test_the_wrong_state_says_which_are_right(desk: Client, order: Order, instructor: User, admin: User) -> None:
    with policy.using(flour()):
        flow.apply(order, "reject", by=instructor, note="No")
        page = ask(desk, order, admin)
    assert "This is possible while it is “Ordered”; it is “Rejected” now." in page
    assert "not one of those it starts in" in page


def test_without_a_transition_everything_is_listed(desk: Client, order: Order, student: User) -> None:
    with policy.using(flour()):
        page = desk.get("/admin/rules/why/", {"of": "mill.order", "person": student.pk, "object": order.pk})
    text = page.content.decode()
    for name in ("order", "claim", "add", "approve", "reject", "view"):
        assert f"transition={name}" in text, name


def test_a_used_up_limit_is_named(desk: Client, order: Order, student: User) -> None:
    limit = """
[[limits]]
id    = "adding"
on    = "add"
allow = 1
per   = "1 day"
of    = "obj.author"
say   = "You have added to it today."
"""
    rules = policy.load_texts({"flour.toml": flour().book("mill.Order", "flour").text + limit})
    with policy.using(rules):
        assert "not used up" in ask(desk, order, student, "add")
        flow.apply(order, "add", by=student, bags=4)
        page = ask(desk, order, student, "add")
    assert "Ada may not do this now" in page
    assert "You have added to it today." in page
    assert "used up" in page


# The eyes of the one who looks


def test_a_value_is_hidden_from_a_viewer_whose_role_may_not_see_it(
    desk: Client, order: Order, instructor: User
) -> None:
    with policy.using(flour()):
        assert DEAR in str(policy.explain(instructor, "approve", order).reasons)
        assert DEAR not in answer_of(ask(desk, order, instructor))
        listed = desk.get("/admin/rules/why/", {"of": "mill.order", "person": instructor.pk, "object": order.pk})
        assert DEAR not in answer_of(listed.content.decode())
    with policy.using(flour(SEEN)):
        assert f"<strong>{DEAR}.00</strong>" in answer_of(ask(desk, order, instructor))


def test_what_the_person_may_not_see_is_shown_to_a_viewer_who_may(order: Order, instructor: User, admin: User) -> None:
    with policy.using(flour(('show  = ["instructor"]', 'show  = ["admin"]'))):
        case = case_for(instructor, "approve", order, None)
        assert DEAR not in str(explain_case(case).reasons)
        assert DEAR in str(explain_case(case, viewer=Actor(admin, Role.ADMIN)).reasons)


def test_an_object_the_viewer_may_not_view_is_not_there(desk: Client, order: Order, instructor: User) -> None:
    with policy.using(flour(NO_ADMIN, SEEN)):
        asked = {"of": "mill.order", "person": instructor.pk, "transition": "approve"}
        hidden = desk.get("/admin/rules/why/", {**asked, "object": order.pk})
        missing = desk.get("/admin/rules/why/", {**asked, "object": order.pk + 1})
        assert hidden.status_code == missing.status_code == 422
        same = [
            re.sub(r"csrf\S+|nonce\S+", "", answer.content.decode()).replace(str(key), "#")
            for answer, key in ((hidden, order.pk), (missing, order.pk + 1))
        ]
        assert answer_of(same[0])[:200] == answer_of(same[1])[:200]
        found = desk.get("/admin/rules/search/mill.order/", {"q": "For"}).json()
        assert found == []


def test_values_recorded_with_a_refusal_are_not_repeated_to_others(
    desk: Client, refund: Request, instructor: User
) -> None:
    with policy.using(refunds()):
        with pytest.raises(FlowError, match=DEAR):
            flow.apply(refund, "approve", by=instructor)
        record = flow.history(refund).refused().get()
        assert record.reasons == ["the amount is above 100.00"]
        for page in ("", "?export=csv", f"{record.pk}/"):
            seen = b"".join(desk.get(f"/admin/audit/{page}")).decode()
            assert "above 100.00" in seen
            assert DEAR not in seen
        page = desk.get(f"/admin/requests/{refund.pk}/").content.decode()
        refused = page[page.index("What was refused") :]
        assert str(escape(why_url(instructor.pk, refund, "approve", "instructor"))) in refused
        assert DEAR not in refused


# The way there


def test_greyed_buttons_lead_administrators_to_the_reason(
    client: Client, refund: Request, admin: User, instructor: User, other_instructor: User
) -> None:
    there = f"/admin/requests/{refund.pk}/"
    with policy.using(refunds()):
        flow.apply(refund, "claim", by=other_instructor)
        client.force_login(instructor)
        page = client.get(there).content.decode()
        assert 'id="why-not-approve"' in page
        assert "rules/why" not in page
        client.force_login(admin)
        page = client.get(there).content.decode()
        assert str(escape(why_url(admin.pk, refund, "approve", "admin"))) in page
        assert client.get(why_url(admin.pk, refund, "approve", "admin")).status_code == 200


def test_objects_are_found_by_name_number_and_author(desk: Client, order: Order) -> None:
    with policy.using(flour()):
        for typed in ("for br", str(order.pk), "Ada", ""):
            found = desk.get("/admin/rules/search/mill.order/", {"q": typed}).json()
            assert found == [{"text": f"{order} ({order.pk})", "note": ""}], typed
        assert desk.get("/admin/rules/search/mill.order/", {"q": "nothing"}).json() == []
        assert desk.get("/admin/rules/search/accounts.user/", {"q": ""}).status_code == 404


def test_by_name_only_the_newest_are_searched(
    desk: Client, order: Order, student: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing holds the beginnings of a million names; older ones are found by number or author."""
    monkeypatch.setattr(choices, "NEWEST", 2)
    with policy.using(flour()):
        newer = orders(student, 2)

        def found(typed: str) -> list[str]:
            return [one["text"] for one in desk.get("/admin/rules/search/mill.order/", {"q": typed}).json()]

        assert found("Oat") == [f"{one} ({one.pk})" for one in reversed(newer)]
        assert found("For bread") == []
        assert found(str(order.pk)) == [f"{order} ({order.pk})"]
        assert len(found("Ada")) == 3


def test_people_are_found_by_name(desk: Client, student: User) -> None:
    found = desk.get("/admin/rules/search/people/", {"q": "ad"}).json()
    assert found == [{"text": f"Ada ({student.pk})", "note": student.email}]


@pytest.mark.parametrize(
    "nonsense",
    [
        {"person": "0"},
        {"person": "nobody"},
        {"object": "x"},
        {"object": "99999999999999999999999"},
        {"object": "\x00"},
        {"transition": "nonsense"},
        {"person": ""},
    ],
)
def test_nonsense_is_answered_in_the_form(desk: Client, order: Order, student: User, nonsense: dict[str, str]) -> None:
    good = {"of": "mill.order", "person": str(student.pk), "object": str(order.pk), "transition": "approve"}
    with policy.using(flour()):
        assert desk.get("/admin/rules/why/", good).status_code == 200
        answer = desk.get(f"/admin/rules/why/?{urlencode({**good, **nonsense})}")
        assert answer.status_code == 422
        assert "rb-error" in answer.content.decode()
        assert desk.get("/admin/rules/why/", {**good, "of": "nothing.here"}).status_code == 404


def test_a_lesson_can_be_asked_about_too(desk: Client) -> None:
    page = desk.get("/admin/rules/why/", {"of": "catalog.lessonpage"})
    assert page.status_code == 200
    assert "Open" in page.content.decode()


def test_the_answer_asks_no_more_for_more_rows(
    desk: Client, order: Order, student: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with policy.using(flour()):
        ask(desk, order, student)
        with django_assert_num_queries(11) as few:
            ask(desk, order, student)
        orders(student, 12)
        with django_assert_num_queries(len(few)):
            ask(desk, order, student)
