"""Rows gained and lost, as SQL counts them, are what a loop over people and objects finds."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gradus.accounts.models import User
from gradus.accounts.roles import GUEST, SYSTEM, Actor, Role
from gradus.policy import RuleSet, decide, load_texts, machines, using
from gradus.policy.deciding import allowed, case_for
from gradus.policy.machines import Move
from gradus.rulebook import holders
from gradus.rulebook.effects import Effect, effects
from tests.conftest import MakePerson
from tests.platform.policy.expressions import BEGINNING, NOW, conditions, fill
from tests.platform.policy.zoo.models import Animal
from tests.platform.policy.zoo_terms import registered
from tests.platform.rulebook.conftest import REFUND
from workflows.requests.models import Request

pytestmark = pytest.mark.both_databases

SETTINGS = settings(
    max_examples=int(os.environ.get("GRADUS_EXAMPLES", "60")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
ROLES = (Role.INSTRUCTOR, Role.EDITOR, Role.STUDENT, Role.ADMIN, Role.GUEST, Role.SYSTEM)


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
    with registered(NOW):
        yield Zoo(list(animals), [ann, bob, cyd, *more])
    machines.unregister(Animal)


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
    return load_texts({"cat.toml": BEGINNING + rules})


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


@pytest.fixture
def alone(zoo: Zoo) -> dict[tuple[str, int], Animal]:
    """An animal for each of these sizes and keepers, and no other."""
    Animal.objects.all().delete()
    sizes = [("Ann", 1), ("Ann", 5), ("Bob", 5), ("Cyd", 5), ("", 5)]
    known = {person.display_name: person for person in zoo.people}
    return {
        (name, size): Animal.objects.create(
            author=known["Cyd"], keeper=known.get(name), size=size, seen=NOW, kind="cat", state="submitted"
        )
        for name, size in sizes
    }


def found_for(before: str, after: str, role: Role = Role.INSTRUCTOR, name: str = "view") -> Effect:
    [effect] = [each for each in effects(book(before), book(after), now=NOW) if (each.rule, each.role) == (name, role)]
    return effect


def test_only_holders_of_the_role_gain(alone: dict[tuple[str, int], Animal], zoo: Zoo) -> None:
    """Bob keeps an animal and is gone; Cyd keeps one and is no instructor; one is kept by nobody."""
    effect = found_for("never", "obj.keeper == user")
    assert (effect.gained, effect.lost, effect.estimated) == (2, 0, False)
    assert {example.key for example in effect.examples_gained} == {alone["Ann", 1].pk, alone["Ann", 5].pk}
    assert {example.person for example in effect.examples_gained} == {zoo.people[0].pk}


def test_gained_by_one_and_lost_by_another_is_both(alone: dict[tuple[str, int], Animal]) -> None:
    effect = found_for("obj.keeper == user", "obj.keeper != user")
    assert (effect.gained, effect.lost) == (5, 2)  # somebody else gains each; its keeper loses it


def test_a_row_that_names_every_holder_leaves_nobody_else(alone: dict[tuple[str, int], Animal], zoo: Zoo) -> None:
    ann, eve = (next(each for each in zoo.people if each.display_name == name) for name in ("Ann", "Eve"))
    both = Animal.objects.create(author=ann, keeper=eve, seen=NOW, kind="cat", state="submitted")
    Animal.objects.exclude(pk=both.pk).delete()
    rule = "obj.author != user and obj.keeper != user"
    assert found_for("never", rule, Role.EDITOR).gained == 0
    assert found_for("never", rule, Role.INSTRUCTOR).gained == 1
    both.keeper = ann
    both.save()
    [example] = found_for("never", rule, Role.EDITOR).examples_gained
    assert (example.key, example.person) == (both.pk, eve.pk)


def test_what_is_said_otherwise_and_means_the_same_is_not_asked(
    alone: dict[tuple[str, int], Animal], django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        assert effects(book("obj.amount <= 2 or obj.level < obj.size"), book("small"), now=NOW) == []


def test_what_reads_facts_is_asked_for_some_and_says_so(
    alone: dict[tuple[str, int], Animal], zoo: Zoo, make_person: MakePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of ten instructors three are asked, among them whom a row names, though the account is the newest."""
    monkeypatch.setattr(holders, "SAMPLE", 3)
    new = make_person("New", Role.INSTRUCTOR)
    Animal.objects.filter(keeper=zoo.people[0]).update(keeper=new)
    before, after = book("never"), book("obj.size > user.rank or obj.keeper == user")
    [effect] = [each for each in effects(before, after, now=NOW) if (each.rule, each.role) == ("view", "instructor")]
    assert (effect.asked, effect.holders, effect.estimated) == (3, 10, True)
    asked = [Actor(person, Role.INSTRUCTOR) for person in holders.Holders(Role.INSTRUCTOR).sample([new.pk])]
    assert new in [actor.user for actor in asked]
    zoo.animals = list(Animal.objects.all())
    check(zoo, effect, before, after, asked)
    assert str(effect).endswith("(asked for 3 of 10 people)")


def test_a_role_that_nobody_has_gains_nothing(alone: dict[tuple[str, int], Animal]) -> None:
    User.objects.filter(groups__name=Role.EDITOR).update(is_active=False)
    effect = found_for("never", "always", Role.EDITOR)
    assert (effect.gained, effect.holders) == (0, 0)
    assert found_for("never", "always", Role.SYSTEM).gained == 5


def test_a_model_is_read_once_however_much_changes(
    alone: dict[tuple[str, int], Animal], django_assert_max_num_queries: Any
) -> None:
    before, after = book("obj.size > 3"), book("obj.size > 3 or small or obj.keeper == user or obj.holder != user")
    holders_of_roles, rows, examples = 3 * len(ROLES), 1, 1
    with django_assert_max_num_queries(holders_of_roles + rows + examples) as asked:
        assert len(effects(before, after, now=NOW)) == 2 * len(ROLES)
    assert sum('FROM "zoo_animal"' in query["sql"] for query in asked.captured_queries) == 2


def test_a_model_without_a_state_or_a_question_is_counted_too(alone: dict[tuple[str, int], Animal]) -> None:
    machines.unregister(Animal)
    text = 'model = "zoo.Animal"\n[permissions.view]\ninstructor = "{}"'
    before, after = (load_texts({"a.toml": text.format(row)}) for row in ("never", "always"))
    [effect] = effects(before, after)
    assert (effect.gained, len(effect.examples_gained)) == (5, 2)
    [effect] = effects(after, load_texts({}))  # the book is gone
    assert (effect.gained, effect.lost) == (0, 5)
    Animal.objects.all().delete()
    [effect] = effects(before, after)
    assert (effect.gained, effect.examples_gained) == (0, [])


def test_where_it_starts_counts_and_creating_does_not(alone: dict[tuple[str, int], Animal]) -> None:
    moves = {"a": Move(frozenset({""}), "x"), "b": Move(frozenset({"submitted"}), "x")}
    machines.register(Animal, moves=moves)
    text = 'model = "zoo.Animal"\n[transitions.a]\ninstructor = "{0}"\n[transitions.b]\ninstructor = "{0}"'
    before, after = (load_texts({"a.toml": text.format(row)}) for row in ("never", "always"))
    assert [(effect.rule, effect.gained) for effect in effects(before, after)] == [("b", 5)]
    Animal.objects.filter(size=1).update(state="x")
    assert [(effect.rule, effect.gained) for effect in effects(before, after)] == [("b", 4)]


@pytest.fixture
def requests(student: User, other_student: User, instructor: User) -> dict[str, Request]:
    made = {
        "open": Request(state="submitted", author=student),
        "taken": Request(state="in_review", author=student, claimed_by=instructor),
        "own": Request(state="submitted", author=instructor),
        "done": Request(state="completed", author=other_student),
        "bug": Request(state="submitted", author=student, kind="bug"),
    }
    for name, request in made.items():
        request.kind, request.title = request.kind or "refund", name
    Request.objects.bulk_create(made.values())
    return made


def test_a_stricter_refund_book(
    refund: str, stricter: str, requests: dict[str, Request], instructor: User, other_instructor: User
) -> None:
    before, after = load_texts({REFUND: refund}), load_texts({REFUND: stricter})
    [effect] = effects(before, after)
    assert (effect.book, effect.rule, effect.role) == ("requests.Request/refund", "approve", Role.INSTRUCTOR)
    assert (effect.model, effect.gained, effect.lost, effect.estimated) == ("requests.Request", 0, 3, False)
    who = {example.key: example.person for example in effect.examples_lost}
    assert who[requests["taken"].pk] == instructor.pk
    assert who.get(requests["own"].pk, other_instructor.pk) == other_instructor.pk
    [back] = effects(after, before)
    assert (back.gained, back.lost) == (3, 0)
    with using(after):
        assert not decide(instructor, "approve", requests["taken"])
