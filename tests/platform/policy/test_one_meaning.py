"""The kernel's promise: for any rule, any person and any row, the check, the filter and the explanation agree.

Runs on whatever database the test run has; the same module is run on PostgreSQL.
"""

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.db.models import Q
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gradus.accounts.models import User
from gradus.accounts.roles import GUEST, Actor, Role
from gradus.policy import decide, explain, facts, filter, load_texts, machines, people, terms, using  # noqa: A004
from gradus.policy.language import parse
from gradus.policy.machines import Move
from gradus.policy.recorded import Recorded
from gradus.policy.scope import BookScope
from tests.conftest import MakePerson
from tests.platform.policy.expressions import FIELDS, NOW, conditions, fill, plainly
from tests.platform.policy.zoo.models import Animal

pytestmark = pytest.mark.both_databases

BOOK = f"""
[process]
name  = "zoo.cat"
title = "Cats"

[process.fields]
paid   = "number"
colour = "text"
agreed = "flag"
arrived = "date"
left   = "date"
buddy  = "person"

[process.states]
submitted = "Submitted"
approved  = "Approved"

{FIELDS}

[transitions.approve]
from = ["submitted"]
to   = "approved"
instructor = "<ROW>"
guest      = "<ROW>"
forbid     = "<FORBID>"

[permissions.view]
instructor = "<ROW>"
guest      = "not (<ROW>)"
"""


@pytest.fixture
def zoo(make_person: MakePerson) -> Iterator[list[User]]:
    machines.register(Animal, kind_field="kind")
    people.user_fact("rank", kind="whole")(lambda user: {"Ann": 1, "Bob": 2}.get(user.display_name))
    people.user_fact("nick")(lambda user: {"Ann": "a"}.get(user.display_name))
    people.user_fact("since", kind="moment")(lambda user: NOW if user.display_name == "Bob" else None)
    people.user_fact("words", many=True)(lambda user: {"a"} if user.display_name == "Ann" else set())
    terms.term("zoo.Animal", q=lambda user: Q(size__gt=1, tame=True), name="is_round")(
        lambda user, obj: obj.size > 1 and obj.tame is True
    )
    found = [make_person(name, Role.INSTRUCTOR) for name in ("Ann", "Bob", "Cyd")]
    fill(found)
    yield found
    machines.unregister(Animal)
    terms.unregister("zoo.Animal", "is_round")
    for name in ("rank", "nick", "since", "words"):
        people.unregister(name)


@pytest.fixture
def animals(zoo: list[User]) -> list[Animal]:
    return list(
        Animal.objects.select_related("owner__parent", "passport").prefetch_related(
            "friends", "visits__visitor", "owner__animals"
        )
    )


SETTINGS = settings(
    max_examples=int(os.environ.get("GRADUS_EXAMPLES", "100")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@SETTINGS
@given(row=conditions, forbid=st.one_of(st.just("never"), conditions), number=st.integers(0, 3))
def test_check_filter_and_explanation_agree(
    zoo: list[User], animals: list[Animal], row: str, forbid: str, number: int
) -> None:
    who = Actor(zoo[number], Role.INSTRUCTOR) if number < 3 else GUEST
    with using(load_texts({"cat.toml": BOOK.replace("<ROW>", row).replace("<FORBID>", forbid)})) as ruleset:
        book = ruleset.book("zoo.Animal", "cat")
        scope = BookScope("zoo.Animal", book.fields, _written())
        meant = {name: parse(text, scope) for name, text in (("row", row), ("forbid", forbid))}
        for name in ("approve", "view"):
            _agree(who, name, animals, lambda animal, name=name: _expected(who, name, animal, meant))
            _agree_later(Recorded(book), who, name, animals[::6])


def _agree(who: Actor, name: str, animals: list[Animal], expected: Any) -> None:
    right = {animal.pk for animal in animals if expected(animal)}
    assert {animal.pk for animal in animals if decide(who, name, animal, now=NOW)} == right
    assert {animal.pk for animal in animals if not explain(who, name, animal, now=NOW)} == right
    rows = list(filter(Animal.objects.all(), name, who, now=NOW).values_list("pk", flat=True))
    assert len(rows) == len(set(rows))
    assert set(rows) == right


def _agree_later(recorded: Recorded, who: Actor, name: str, animals: list[Animal]) -> None:
    """What is recorded as JSON is enough to decide the same again."""
    for animal in animals:
        kept = json.loads(json.dumps(facts(animal, who, now=NOW)))
        again = recorded.decide(name, who.role, animal.state, kept)
        assert again == decide(who, name, animal, now=NOW).allowed


def _expected(who: Actor, name: str, animal: Animal, meant: dict[str, Any]) -> bool:
    row = plainly(meant["row"], animal, who.user)
    if name == "view":
        return not row if who.role is Role.GUEST else row
    return animal.state == "submitted" and row and not plainly(meant["forbid"], animal, who.user)


def _written() -> dict[str, dict[str, str]]:
    import tomllib

    found: dict[str, dict[str, str]] = tomllib.loads(FIELDS)["conditions"]
    return found


def test_moves_from_any_state_and_from_none_filter_as_they_decide(zoo: list[User], animals: list[Animal]) -> None:
    machines.register(Animal, moves={"a": Move(frozenset({"*"}), "x"), "b": Move(frozenset({"*", ""}), None)})
    text = 'model = "zoo.Animal"\n[transitions.a]\ninstructor = "always"\n[transitions.b]\ninstructor = "always"'
    who = Actor(zoo[0], Role.INSTRUCTOR)
    with using(load_texts({"a.toml": text})):
        _agree(who, "a", animals, lambda animal: animal.state != "")
        _agree(who, "b", animals, lambda animal: True)


def test_what_does_not_depend_on_the_row_costs_no_query(zoo: list[User], django_assert_num_queries: Any) -> None:
    nobody, somebody = Actor(zoo[2], Role.INSTRUCTOR), Actor(zoo[0], Role.INSTRUCTOR)
    text = 'model = "zoo.Animal"\n[permissions.view]\ninstructor = "user.rank == 1"'
    machines.unregister(Animal)
    with using(load_texts({"a.toml": text})), django_assert_num_queries(0):
        assert list(filter(Animal.objects.all(), "view", nobody)) == []
        everything = filter(Animal.objects.all(), "view", somebody)
    assert not everything.query.where
