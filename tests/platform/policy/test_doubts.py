"""Rows that are hardly meant are said at their line: never true, always true, or partly said twice."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gradus.accounts.roles import Role
from gradus.policy import decide, load_texts, using
from gradus.policy.checks import warnings
from gradus.policy.doubts import possible
from gradus.policy.normal import normalise
from tests.platform.policy import test_one_meaning as one
from tests.platform.policy.expressions import FIELDS, NOW, conditions
from tests.platform.policy.zoo_terms import registered

__all__ = ["animals", "zoo"]
animals, zoo = one.animals, one.zoo
HEAD = f'model = "zoo.Animal"\n{FIELDS}\n[permissions.view]\n'


def said(row: str, forbid: str = "") -> str:
    book = f'{HEAD}student = "{row}"\n' + (f'forbid = "{forbid}"\n' if forbid else "")
    return " ".join(f"{problem.key}: {problem.text}" for problem in warnings(load_texts({"a.toml": book})))


@pytest.mark.parametrize(
    "row",
    [
        "obj.word == 'a' and obj.word == 'b'",
        "obj.word == 'a' and obj.word in ['b', 'c']",
        "obj.word is None and obj.word == 'a'",
        "obj.amount > 3 and obj.amount < 2",
        "obj.amount > 3 and obj.amount < 4",
        "obj.price > 2.5 and obj.price <= 2.5",
        "obj.tame and not obj.tame",
        "now - obj.born < days(1) and now - obj.born > days(2)",
        "own and not own",
        "obj.author == user and obj.author != user",
        "obj.amount > 5 and (obj.amount < 2 or obj.amount == 3)",
        "own and never",
    ],
)
def test_a_contradiction_is_never_true(row: str) -> None:
    assert "permissions.view.student: is never true" in said(row)
    assert "permissions.view.student: is always true" in said(f"not ({row})")


@pytest.mark.parametrize(
    "row",
    [
        "always",
        "never",
        "own",
        "obj.word == 'a' or obj.word == 'b'",
        "obj.amount > 3 and obj.amount < 5",
        "obj.price > 3 and obj.price < 4",
        "user in obj.friends",
        "obj.word != 'a' and obj.word != 'b'",
        "obj.tame == true or obj.tame == false",  # it can be missing
        "obj.born < now and obj.born > now - days(3)",
    ],
)
def test_what_can_be_so_and_not_so_is_left_alone(row: str) -> None:
    assert said(row) == ""


def test_what_is_forbidden_anyway_is_never_true() -> None:
    assert "everything it allows is forbidden" in said("own", forbid="own")
    assert "everything it allows is forbidden" in said("always", forbid="obj.tame or not obj.tame")
    assert said("own", forbid="obj.tame") == ""


def test_a_part_that_adds_nothing_is_named() -> None:
    assert "part 2 of its “or” adds nothing, because part 1 is as wide" in said("own or own and obj.tame")
    assert "part 1 of its “or” adds nothing, because part 2 is as wide" in said("obj.amount > 5 or obj.amount > 3")
    assert "part 2 of its “or” adds nothing" in said("own or own")
    assert said("own or obj.tame") == ""


def test_a_transition_starts_in_its_states_only() -> None:
    book = one.BOOK.replace("<FORBID>", "never")
    with registered(NOW):
        found = warnings(load_texts({"cat.toml": book.replace("<ROW>", "obj.state == 'approved'")}))
    assert {(problem.key, problem.line > 1) for problem in found if "states the transition" in problem.text} == {
        ("transitions.approve.instructor", True),
        ("transitions.approve.guest", True),
    }


def test_the_command_prints_them_and_goes_on(tmp_path: Path, settings: Any, capsys: Any) -> None:
    (tmp_path / "a.toml").write_text(HEAD + "student = \"obj.word == 'a' and obj.word == 'b'\"\n")
    settings.RULES_DIR = tmp_path
    with suppress(SystemExit):  # machines of other apps have no book here
        call_command("rules", "check", "--json")
    [found] = json.loads(capsys.readouterr().out)["warnings"]
    assert (found["file"], found["key"]) == ("a.toml", "permissions.view.student")
    assert found["line"] == len(HEAD.splitlines()) + 1


def test_too_many_cases_say_nothing() -> None:
    pairs = " and ".join(f"(obj.amount == {n} or obj.size == {n})" for n in range(12))
    assert said(pairs) == ""


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(row=conditions, number=st.integers(0, 2))
def test_what_is_called_impossible_holds_for_nobody(zoo: Any, animals: Any, row: str, number: int) -> None:
    who = one.Actor(zoo[number], Role.INSTRUCTOR)
    book = f'model = "zoo.Animal"\n{FIELDS}\n[permissions.view]\ninstructor = "{row}"'
    with using(load_texts({"cat.toml": _as_cat(book)})) as ruleset:
        node = ruleset.book("zoo.Animal", "cat").permissions["view"].rows[Role.INSTRUCTOR].node
        allowed = [bool(decide(who, "view", animal, now=NOW)) for animal in animals]
    assert possible(node) or not any(allowed)
    assert possible(normalise(node, negated=True)) or all(allowed)


def _as_cat(book: str) -> str:
    """With the answers the random conditions read."""
    process = one.BOOK.split("[process.states]")[0] + '[process.states]\nsubmitted = "S"\napproved = "A"\n'
    return process + book.removeprefix('model = "zoo.Animal"\n')
