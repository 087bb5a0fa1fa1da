"""The kernel's promise: for any rule, any person and any row, the check, the filter and the explanation agree.

Runs on whatever database the test run has; the same module is run on PostgreSQL.
"""

import json
import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gradus.accounts.models import User
from gradus.accounts.roles import GUEST, Actor, Role
from gradus.policy import decide, explain, facts, filter, load_texts, machines, using  # noqa: A004
from gradus.policy.language import parse
from gradus.policy.machines import Move
from gradus.policy.recorded import Recorded
from gradus.policy.scope import BookScope
from tests.conftest import MakePerson
from tests.platform.policy.expressions import BEGINNING, FIELDS, NOW, conditions, fill, plainly
from tests.platform.policy.zoo.models import Animal
from tests.platform.policy.zoo_terms import registered

pytestmark = pytest.mark.both_databases

BOOK = f"""{BEGINNING}

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
    found = [make_person(name, Role.INSTRUCTOR) for name in ("Ann", "Bob", "Cyd")]
    fill(found, ROWS)
    with registered(NOW):
        yield found
    machines.unregister(Animal)


@pytest.fixture
def animals(zoo: list[User]) -> list[Animal]:
    return list(
        Animal.objects.select_related("owner__parent", "passport").prefetch_related(
            "friends", "visits__visitor", "owner__animals"
        )
    )


PARTS, ROWS = 4, 200
AT_LEAST = 25_000  # pairs of a rule and a row in each part, each decided, filtered and explained
EXAMPLES = int(os.environ.get("GRADUS_EXAMPLES", "60"))
SEEN = {"to-many", "missing among many", "missing left", "missing right", "missing on both sides", "duration", "term"}


@pytest.mark.parametrize("part", range(PARTS))
def test_check_filter_and_explanation_agree(zoo: list[User], animals: list[Animal], part: int) -> None:
    """A hundred thousand pairs in all, in parts that run side by side."""
    pairs, seen = Counter[str](), Counter[str]()

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None)
    @example(row="obj.keeper not in obj.friends", forbid="obj.nap in obj.stays", number=0)
    @example(row="obj.holder in obj.visitors", forbid="never", number=1)
    @example(row="befriended or not other_word", forbid="is_round", number=1)
    @example(row="obj.nap != obj.rest or obj.keeper == obj.holder", forbid="now - obj.born > days(3)", number=2)
    @given(row=conditions, forbid=st.one_of(st.just("never"), conditions), number=st.integers(0, 3))
    def agree(row: str, forbid: str, number: int) -> None:
        who = Actor(zoo[number], Role.INSTRUCTOR) if number < 3 else GUEST
        with using(load_texts({"cat.toml": BOOK.replace("<ROW>", row).replace("<FORBID>", forbid)})) as ruleset:
            book = ruleset.book("zoo.Animal", "cat")
            scope = BookScope("zoo.Animal", book.fields, _written())
            meant = {name: parse(text, scope) for name, text in (("row", row), ("forbid", forbid))}
            for name in ("approve", "view"):
                pairs[name] += _agree(who, name, animals, lambda one, name=name: _expected(who, name, one, meant, seen))
                _agree_later(Recorded(book), who, name, animals[::10])

    agree()
    if EXAMPLES >= 60:
        assert pairs.total() >= AT_LEAST
        assert {name for name in SEEN if seen[name] < 50} == set()


def _agree(who: Actor, name: str, animals: list[Animal], expected: Any) -> int:
    """How many pairs were compared. A refusal brings its explanation along; the whole of it is asked for some."""
    right = {animal.pk for animal in animals if expected(animal)}
    decisions = {animal.pk: decide(who, name, animal, now=NOW) for animal in animals}
    assert {pk for pk, decision in decisions.items() if decision} == right
    assert {pk for pk, decision in decisions.items() if not decision.reasons} == right
    whole = [animal for animal in animals if animal.pk in right or animal.pk % 5 == 0]
    assert {animal.pk for animal in whole if not explain(who, name, animal, now=NOW)} == right
    rows = list(filter(Animal.objects.all(), name, who, now=NOW).values_list("pk", flat=True))
    assert len(rows) == len(set(rows))
    assert set(rows) == right
    return len(decisions)


def _agree_later(recorded: Recorded, who: Actor, name: str, animals: list[Animal]) -> None:
    """What is recorded as JSON is enough to decide the same again."""
    for animal in animals:
        kept = json.loads(json.dumps(facts(animal, who, now=NOW)))
        again = recorded.decide(name, who.role, animal.state, kept)
        assert again == decide(who, name, animal, now=NOW).allowed


def _expected(who: Actor, name: str, animal: Animal, meant: dict[str, Any], seen: Counter[str]) -> bool:
    row = plainly(meant["row"], animal, who.user, seen)
    if name == "view":
        return not row if who.role is Role.GUEST else row
    return animal.state == "submitted" and row and not plainly(meant["forbid"], animal, who.user, seen)


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
