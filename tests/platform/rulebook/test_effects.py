"""Rows gained and lost, as SQL counts them, are what a loop over people and objects finds."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db.models import Q
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gradus.accounts.models import User
from gradus.accounts.roles import GUEST, HELD, SYSTEM, Actor, Role
from gradus.policy import RuleSet, decide, load_texts, machines, people, terms, using
from gradus.policy.deciding import allowed, case_for
from gradus.policy.machines import Move
from gradus.rulebook import holders
from gradus.rulebook.effects import Effect, effects
from tests.conftest import MakePerson
from tests.platform.policy.expressions import FIELDS, NOW, conditions, fill
from tests.platform.policy.zoo.models import Animal
from tests.platform.rulebook.conftest import REFUND
from workflows.requests.models import Request

pytestmark = pytest.mark.both_databases

SETTINGS = settings(
    max_examples=int(os.environ.get("GRADUS_EXAMPLES", "60")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
ROLES = (Role.INSTRUCTOR, Role.EDITOR, Role.STUDENT, Role.ADMIN, Role.GUEST, Role.SYSTEM)
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
"""


@dataclass
class Zoo:
    """Animals that name Ann, Bob and Cyd, and everybody who might ask."""

    animals: list[Animal]
    people: list[User]

    def holders(self, role: Role) -> list[Actor]:
        if role is Role.SYSTEM:
            return [SYSTEM]
        active = [person for person in self.people if person.is_active]
        if role is Role.GUEST:
            return [GUEST, *(Actor(person, role) for person in active if not person.roles)]
        return [Actor(person, role) for person in active if role in person.roles]


@pytest.fixture
def zoo(make_person: MakePerson) -> Iterator[Zoo]:
    """Many instructors, two editors, one student; an administrator in no group; people who are gone or have no role."""
    machines.register(Animal, kind_field="kind")
    people.user_fact("rank", kind="whole")(lambda user: {"Ann": 1, "Bob": 2, "I4": 3}.get(user.display_name))
    people.user_fact("nick")(lambda user: {"Ann": "a"}.get(user.display_name))
    people.user_fact("since", kind="moment")(lambda user: NOW if user.display_name == "Bob" else None)
    people.user_fact("words", many=True)(lambda user: {"a"} if user.display_name == "Ann" else set())
    round_ = terms.term("zoo.Animal", q=lambda user: Q(size__gt=1, tame=True), name="is_round", personal=False)
    round_(lambda user, obj: obj.size > 1 and obj.tame is True)
    ann = make_person("Ann", Role.INSTRUCTOR, Role.EDITOR)
    bob = make_person("Bob", Role.INSTRUCTOR, is_active=False)
    cyd = make_person("Cyd", Role.STUDENT)
    more = [make_person(f"I{number}", Role.INSTRUCTOR) for number in range(8)]
    more += [make_person("Eve", Role.EDITOR), make_person("Sue", is_superuser=True), make_person("Otto")]
    fill([ann, bob, cyd], count=50)
    Animal.objects.filter(pk__in=Animal.objects.order_by("pk").values_list("pk", flat=True)[:8]).update(kind="dog")
    animals = Animal.objects.select_related("owner__parent", "passport").prefetch_related(
        "friends", "visits__visitor", "owner__animals"
    )
    yield Zoo(list(animals), [ann, bob, cyd, *more])
    machines.unregister(Animal)
    terms.unregister("zoo.Animal", "is_round")
    for name in ("rank", "nick", "since", "words"):
        people.unregister(name)


def book(row: str, forbid: str = "never", sources: str = '["submitted"]') -> RuleSet:
    rows = "\n".join(f'{role} = "{row}"' for role in ROLES)
    rules = f"""
[transitions.approve]
from = {sources}
to   = "approved"
forbid = "{forbid}"
{rows}
[permissions.view]
{rows}
"""
    return load_texts({"cat.toml": BOOK + rules})


def may(rules: RuleSet, actor: Actor, name: str, animal: Animal) -> bool:
    with using(rules):
        return allowed(case_for(actor, name, animal, NOW))


def check(zoo: Zoo, effect: Effect, before: RuleSet, after: RuleSet, asked: list[Actor]) -> None:
    """The numbers and examples of one effect against a loop over everybody and everything."""
    verdicts = {
        (actor.id, animal.pk): (may(before, actor, effect.rule, animal), may(after, actor, effect.rule, animal))
        for actor in asked
        for animal in zoo.animals
        if animal.kind == "cat"
    }
    for wanted, number, examples in (
        ((False, True), effect.gained, effect.examples_gained),
        ((True, False), effect.lost, effect.examples_lost),
    ):
        changed = {key for (_person, key), verdict in verdicts.items() if verdict == wanted}
        assert number == len(changed), (effect, changed)
        assert len({example.key for example in examples}) == len(examples) == min(len(examples), 3)
        assert bool(examples) == bool(changed)
        assert all(verdicts[example.person, example.key] == wanted for example in examples)


SOURCES = st.sampled_from(['["submitted"]', '["*"]', '["submitted", "approved"]', '["", "submitted"]', '["", "*"]'])
changing = st.one_of(
    st.tuples(conditions, conditions),
    st.tuples(conditions, conditions).map(lambda pair: (pair[0], f"({pair[0]}) or ({pair[1]})")),
    st.tuples(conditions, conditions).map(lambda pair: (f"({pair[0]}) and ({pair[1]})", pair[0])),
).filter(lambda pair: max(map(len, pair)) < 990)


@SETTINGS
@given(rows=changing, forbids=st.one_of(st.just(("never", "own")), changing), sources=st.tuples(SOURCES, SOURCES))
def test_what_is_counted_is_what_a_loop_finds(
    zoo: Zoo, rows: tuple[str, str], forbids: tuple[str, str], sources: tuple[str, str]
) -> None:
    before, after = (book(*each) for each in zip(rows, forbids, sources, strict=True))
    found = {(effect.rule, effect.role): effect for effect in effects(before, after, now=NOW)}
    for name in ("approve", "view"):
        for role in ROLES:
            if effect := found.get((name, role)):
                assert not effect.estimated
                check(zoo, effect, before, after, zoo.holders(role))
            else:
                assert not _differ(zoo, name, zoo.holders(role)[:2], before, after)


def _differ(zoo: Zoo, name: str, asked: list[Actor], before: RuleSet, after: RuleSet) -> bool:
    return any(may(before, who, name, each) != may(after, who, name, each) for who in asked for each in zoo.animals)
