"""Deciding again from what was recorded: what is missing makes a verdict unknown only where it matters."""

from typing import Any

import pytest

from gradus.accounts.roles import Role
from gradus.policy.recorded import Recorded
from gradus.policy.ruleset import load_texts

BOOK = """
[process]
name = "mill.flour"
title = "Flour"
[process.fields]
bags = "number"
price = "money"
[process.states]
ordered = "Ordered"
approved = "Approved"
[fields]
author = "author"
reviewer = "claimed_by"
[transitions.order]
from = [""]
to = "ordered"
student = "obj.author == user"
[transitions.approve]
from = ["ordered"]
to = "approved"
instructor = "<ROW>"
admin = "always"
"""
FACTS: dict[str, Any] = {
    "obj": {"bags": 3, "author": 1, "reviewer": None, "state": "ordered"},
    "user": {"id": 2},
    "now": "2026-03-01T09:00:00+00:00",
    "terms": {},
}


def decide(row: str, role: Role = Role.INSTRUCTOR, name: str = "approve", source: str = "ordered") -> bool | None:
    (book,) = load_texts({"flour.toml": BOOK.replace("<ROW>", row)}).books
    return Recorded(book).decide(name, role, source, FACTS)


@pytest.mark.parametrize(
    ("row", "verdict"),
    [
        ("obj.bags == 3", True),
        ("obj.bags > 3", False),
        ("obj.author != user", True),
        ("obj.reviewer is None", True),
        ("obj.price > 5", None),
        ("obj.price > 5 and obj.bags > 3", False),
        ("obj.price > 5 or obj.bags == 3", True),
        ("obj.price > 5 or obj.bags > 3", None),
        ("not (obj.price > 5 and obj.bags > 3)", True),
    ],
)
def test_what_was_not_recorded_is_unknown_unless_the_rest_decides(row: str, verdict: bool | None) -> None:
    assert decide(row) is verdict


def test_states_roles_and_rules_that_are_gone_refuse() -> None:
    assert decide("always", source="approved") is False
    assert decide("always", role=Role.STUDENT) is False
    assert decide("always", name="grind") is False
    assert decide("never", role=Role.ADMIN) is True


def test_facts_are_read_only_where_the_answer_depends_on_them() -> None:
    (book,) = load_texts({"flour.toml": BOOK.replace("<ROW>", "obj.bags == 3")}).books
    recorded = Recorded(book)

    def unread() -> dict[str, Any]:
        raise AssertionError("nobody needs them")

    assert recorded.verdict("approve", Role.ADMIN, "ordered")(unread) is True
    assert recorded.verdict("approve", Role.STUDENT, "ordered")(unread) is False
    assert recorded.verdict("approve", Role.INSTRUCTOR, "approved")(unread) is False
    assert recorded.verdict("gone", Role.INSTRUCTOR, "ordered")(unread) is False
    known = recorded.verdict("approve", Role.INSTRUCTOR, "ordered")
    assert (known(lambda: FACTS), known(lambda: None)) == (True, None)
