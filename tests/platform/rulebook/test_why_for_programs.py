"""The API leads whoever may read rules from each refusal to its explanation, and nobody else."""

import json
from typing import Any

import pytest
from django.test import Client, RequestFactory
from pytest_django import DjangoAssertNumQueries

from gradus import flow, policy
from gradus.accounts.api_keys import create_key
from gradus.accounts.models import User
from gradus.accounts.roles import SYSTEM, Role
from gradus.core import reasons
from gradus.core.errors import Refused, permission_denied
from gradus.core.reasons import About, explanation
from gradus.flow import attempts, pace
from gradus.rulebook.seeing.addresses import person_url, why_url
from tests.conftest import MakePerson
from tests.platform.flow.mill.models import Order
from tests.platform.rulebook.conftest import filed, flour
from workflows.requests.models import Request

API = "/api/v1/requests/"
REFUND = {"kind": "refund", "values": {"title": "Twice", "text": "Twice.", "amount": 1, "reason": "unused"}}
HIDDEN = flour(('admin      = "always"\n\n[transitions.order]', "\n[transitions.order]"))


@pytest.fixture
def taken(student: User, other_instructor: User) -> Request:
    """Somebody else's: nobody here may approve it."""
    return flow.apply(filed(student), "claim", by=other_instructor)


def send(client: Client, address: str, body: Any = None, **more: Any) -> Any:
    return client.post(address, body or {}, content_type="application/json", **more)


def approve(client: Client, thing: Request, **more: Any) -> Any:
    return send(client, f"{API}{thing.pk}/transitions/approve", **more)


def led(answer: Any, status: int) -> str | None:
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    there: str | None = json.loads(answer.content).get("why")
    return there


def test_a_refused_transition_leads_administrators_to_the_reason(
    client: Client, taken: Request, admin: User, instructor: User
) -> None:
    client.force_login(instructor)
    assert "why" not in approve(client, taken).json()
    client.force_login(admin)
    there = led(approve(client, taken), 403)
    assert there == why_url(admin.pk, taken, "approve", "admin")
    assert "Alma may not do this now: Approve" in client.get(there).content.decode()


@pytest.mark.parametrize(
    ("name", "body", "status"), [("reject", {"values": {"note": "No"}, "expect_version": 1}, 409), ("claim", {}, 409)]
)
def test_so_does_what_came_too_late(
    client: Client, taken: Request, admin: User, instructor: User, name: str, body: dict[str, Any], status: int
) -> None:
    address = f"{API}{taken.pk}/transitions/{name}"
    for person, there in ((instructor, None), (admin, why_url(admin.pk, taken, name, "admin"))):
        client.force_login(person)
        assert led(send(client, address, body), status) == there


def test_a_key_is_led_by_the_role_it_acts_in(client: Client, taken: Request, make_person: MakePerson) -> None:
    both = make_person("Bo", Role.ADMIN, Role.INSTRUCTOR)
    for role in (Role.ADMIN, Role.INSTRUCTOR):
        _key, token = create_key(user=both, name="script", role=role, scopes=["read", "write"])
        there = led(approve(client, taken, headers={"authorization": f"Bearer {token}"}), 403)
        assert there == (why_url(both.pk, taken, "approve", "admin") if role is Role.ADMIN else None)


def test_a_refused_creation_leads_to_everything_they_may_do(client: Client, admin: User, instructor: User) -> None:
    for person, there in ((admin, person_url(admin.pk, "admin")), (instructor, None)):
        client.force_login(person)
        assert led(send(client, API, REFUND), 403) == there
        offered = client.get(f"{API}creations").json()
        assert offered
        assert {offer["why"] for offer in offered} == {there}


def test_so_do_the_choices_of_what_is_refused(client: Client, taken: Request, admin: User, instructor: User) -> None:
    wanted = {"transition": "submit", "param": "course", "kind": "bug"}, {"transition": "approve", "param": "note"}
    for person, ways in (
        (admin, (person_url(admin.pk, "admin"), why_url(admin.pk, taken, "approve", "admin"))),
        (instructor, (None, None)),
    ):
        client.force_login(person)
        for asked, there in zip((wanted[0], {**wanted[1], "of": taken.pk}), ways, strict=True):
            assert led(client.get(f"{API}choices", asked), 403) == there


def test_each_offer_that_is_not_allowed_leads_there(
    client: Client, taken: Request, admin: User, instructor: User, other_instructor: User
) -> None:
    for person in (admin, instructor, other_instructor):
        client.force_login(person)
        offers = client.get(f"{API}{taken.pk}").json()["offers"]
        for offer in offers:
            wanted = person is admin and not offer["allowed"]
            assert offer["why"] == (why_url(admin.pk, taken, offer["name"], "admin") if wanted else None)
    assert {offer["allowed"] for offer in offers} == {True, False}


def test_the_addresses_cost_no_query(
    client: Client,
    taken: Request,
    admin: User,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client.force_login(admin)
    client.get(f"{API}{taken.pk}")
    with monkeypatch.context() as without:
        without.setattr(reasons, "_finder", None)
        with django_assert_num_queries(100, exact=False) as few:
            assert "/admin/rules/" not in client.get(f"{API}{taken.pk}").content.decode()
    with django_assert_num_queries(len(few)):
        assert "/admin/rules/" in client.get(f"{API}{taken.pk}").content.decode()


def test_the_description_of_the_api_names_it(client: Client) -> None:
    described = client.get("/api/v1/openapi.json").json()
    assert "why" in described["components"]["schemas"]["OfferOut"]["properties"]
    wrong = described["paths"][f"{API}{{pk}}/transitions/{{transition}}"]["post"]["responses"]["4XX"]
    assert "why" in wrong["content"]["application/problem+json"]["schema"]["properties"]


# What nobody is led to


def test_guests_and_strangers_learn_nothing(client: Client, taken: Request, other_student: User) -> None:
    assert led(approve(client, taken), 401) is None
    client.force_login(other_student)
    assert led(approve(client, taken), 404) is None


def test_what_an_administrator_may_not_view_has_no_address(client: Client, order: Order, admin: User) -> None:
    client.force_login(admin)
    with policy.using(HIDDEN):
        for number in (order.pk, order.pk + 1):
            assert led(send(client, f"/api/v1/orders/{number}/transitions/reject"), 404) is None
        asked = {"transition": "reject", "param": "note", "of": order.pk}
        assert led(client.get("/api/v1/orders/choices", asked), 404) is None
        with pytest.raises(flow.Denied) as refused:
            flow.apply(order, "reject", by=admin, note="No")
        assert (refused.value.hidden, refused.value.about) == (True, None)


def test_nor_has_what_lies_behind_a_refusal(
    client: Client, taken: Request, order: Order, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A change may be refused for a change of something else that it brings about."""

    def refuse(*_args: object, **_values: object) -> None:
        raise flow.Denied(["no"]).of(order, "approve", "Approve", SYSTEM)

    monkeypatch.setattr(attempts, "move", refuse)
    client.force_login(admin)
    with policy.using(flour()):
        about = About(order, "approve", "", SYSTEM)
        assert explanation(admin, about) == why_url(None, order, "approve", "system")
    with policy.using(policy.RuleSet([*policy.active().books, *HIDDEN.books])):
        assert led(approve(client, taken), 403) is None
        assert explanation(admin, about) == ""


def test_nor_what_no_rule_speaks_of(taken: Request, admin: User, instructor: User) -> None:
    assert explanation(admin, About(taken, "fly")) == ""
    assert explanation(admin, About(admin, "view")) == ""
    assert explanation(instructor, About(taken, "approve")) == ""
    assert explanation(None, About(taken, "approve")) == ""
    assert explanation(admin, None) == ""


def test_nor_whoever_is_only_too_fast(
    client: Client, taken: Request, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That is no rule's no: by the rules they may."""
    monkeypatch.setattr(pace, "MOVES", 0)
    client.force_login(admin)
    answer = client.post(f"/steps/requests.request/{taken.pk}/approve/", {"version": taken.version})
    said = answer.content.decode()
    assert answer.status_code == 429
    assert "rules/why" not in said[said.index('role="alert"') : said.index("</div>", said.index('role="alert"'))]


# Elsewhere in JSON


def test_a_page_that_is_refused_says_so_to_programs(taken: Request, admin: User, instructor: User) -> None:
    for person, there in ((admin, why_url(admin.pk, taken, "view", "admin")), (instructor, None)):
        request = RequestFactory().get("/", headers={"accept": "application/json"})
        request.user = person
        assert led(permission_denied(request, Refused("it is closed", taken, "view")), 403) == there


def test_so_does_the_api(client: Client, taken: Request, admin: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_values: object) -> None:
        raise Refused("it is closed", taken, "view")

    monkeypatch.setattr(attempts, "move", refuse)
    client.force_login(admin)
    assert led(approve(client, taken), 403) == why_url(admin.pk, taken, "view", "admin")
