"""A bulk decision says beforehand what can be done, why not the rest, and what it is about."""

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from gradus import flow
from gradus.accounts.models import User
from tests.workflows.requests.conftest import MakeRequest

BULK = "/admin/requests/bulk/"


def _sent(html: str) -> list[str]:
    found = re.search(r'name="chosen" value="([^"]*)"', html)
    return [pair.split(":")[0] for pair in found[1].split()] if found else []


def test_only_what_can_be_done_is_sent_and_the_rest_says_why_not(
    desk: Client, make_request: MakeRequest, other_instructor: User
) -> None:
    free, taken = make_request("refund", title="Free"), make_request("refund", title="Taken", amount=9900)
    flow.apply(taken, "claim", by=other_instructor)
    html = desk.post(f"{BULK}approve/", {"id": [free.pk, taken.pk]}).content.decode()
    possible, impossible = html.split("Not possible for this one")
    assert _sent(html) == [str(free.pk)]
    assert ("Free" in possible, "Taken" in impossible) == (True, True)
    assert "a colleague has claimed it" in impossible.lower()
    assert "Amount: €49.00" in possible
    assert "Amount, together: €49.00" in possible


def test_the_money_of_those_that_can_be_moved_is_added_up(desk: Client, make_request: MakeRequest) -> None:
    chosen = [make_request("refund", amount=amount).pk for amount in (4900, 100)]
    html = desk.post(f"{BULK}approve/", {"id": [*chosen, make_request("bug").pk]}).content.decode()
    assert "Amount, together: €50.00" in html


def test_what_changed_since_it_was_seen_is_not_sent(desk: Client, make_request: MakeRequest, student: User) -> None:
    seen = make_request(title="Seen")
    flow.apply(seen, "add_information", by=student, note="More.")
    html = desk.post(f"{BULK}approve/", {"id": [seen.pk], f"version-{seen.pk}": seen.version}).content.decode()
    assert _sent(html) == []
    assert "was first" in html
    assert "<form" not in html[html.index("Not possible") :]


def test_a_step_is_called_what_each_kind_calls_it(desk: Client, make_request: MakeRequest) -> None:
    bug, refund = make_request("bug"), make_request("refund")
    queue = desk.get("/admin/requests/").content.decode()
    labels = {
        kind: str(flow.machine(thing).move("approve").label) for kind, thing in (("bug", bug), ("refund", refund))
    }
    assert all(label in queue for label in labels.values())
    alone = desk.post(f"{BULK}approve/", {"id": [bug.pk]}).content.decode()
    assert re.search(rf'<button class="button">\s*{labels["bug"]}\s*</button>', alone)
    both = desk.post(f"{BULK}approve/", {"id": [bug.pk, refund.pk]}).content.decode()
    assert f"{labels['bug']} / {labels['refund']}" in both


@pytest.mark.parametrize("count", [2, 20])
def test_foretelling_asks_no_more_for_many(
    desk: Client, make_request: MakeRequest, django_assert_max_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    chosen = {
        "id": [make_request("refund", by=None).pk if number < 2 else make_request().pk for number in range(count)]
    }
    desk.post(f"{BULK}approve/", chosen)
    with django_assert_max_num_queries(16):
        desk.post(f"{BULK}approve/", chosen)
