"""At start-up: books, machines and actions fit together, or the place where they do not is named."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gradus.policy import RuleSet, actions, load_texts, machines
from gradus.policy.checks import check_rules, mistakes, warnings
from gradus.policy.machines import Move
from tests.platform.policy.conftest import CODED, MOVES, STATES
from tests.platform.policy.zoo.models import Animal


@pytest.fixture
def machine() -> Iterator[None]:
    machines.register(Animal, moves=MOVES, states=STATES)
    yield
    machines.unregister(Animal)


def _mistakes(ruleset: RuleSet) -> list[str]:
    return [str(problem) for problem in mistakes(ruleset) if "zoo" in str(problem) or "a.toml" in str(problem)]


def test_a_book_that_fits_has_no_mistakes(machine: None) -> None:
    assert _mistakes(load_texts({"a.toml": CODED})) == []


def test_a_transition_without_a_row_is_an_error(machine: None) -> None:
    machines.register(Animal, moves={**MOVES, "sell": Move(frozenset({"freed"}), "sold")}, states=STATES)
    assert _mistakes(load_texts({"a.toml": CODED})) == [
        "a.toml:1: transitions.sell: zoo.Animal.sell is a transition without a row; nobody could make it"
    ]


def test_a_machine_without_a_book_is_an_error(machine: None) -> None:
    assert len(_mistakes(RuleSet([]))) == len(MOVES)


def test_a_row_without_a_transition_is_an_error(machine: None) -> None:
    text = CODED.replace("[transitions.free]", "[transitions.fre]")
    found = _mistakes(load_texts({"a.toml": text}))
    assert any("transitions.fre: zoo.Animal has no transition fre" in said for said in found)


def test_an_unknown_action_or_parameter_is_an_error(machine: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "_actions", {})

    @actions.action("ring")
    def ring(event: Any, target: str, *, times: int, softly: bool = False) -> None: ...

    def said(call: str) -> str:
        return "".join(_mistakes(load_texts({"a.toml": CODED.replace('forbid     = "own"', f"then = [{call}]")})))

    assert said('{ ring = "author", times = 2 }') == ""
    assert "a.toml:33: transitions.approve.then: “rign” is not an action; did you mean ring?" in said(
        '{ rign = "author" }'
    )
    assert "ring needs times" in said('{ ring = "author" }')
    assert "times of ring is a whole number, not 'x'" in said('{ ring = "author", times = "x" }')
    assert "ring takes no time; did you mean times?" in said('{ ring = "author", time = 1 }')


def test_a_guest_row_with_not_user_is_a_warning(machine: None) -> None:
    text = CODED.replace("[permissions.view]", '[permissions.view]\nguest = "obj.author != user"')
    assert ["a guest is nobody" in str(problem) for problem in warnings(load_texts({"a.toml": text}))] == [True]


def test_a_process_that_no_model_can_keep_is_an_error(tmp_path: Path, settings: Any) -> None:
    (tmp_path / "x.toml").write_text('[process]\nname = "notify.letter"\n')
    settings.RULES_DIR = tmp_path
    [message] = check_rules()
    assert message.id == "policy.E001"
    assert "x.toml:2: process.name: notify has no model that keeps declared processes" in message.msg


def test_the_system_check_reports_broken_files(tmp_path: Path, settings: Any) -> None:
    (tmp_path / "x.toml").write_text('model = "no.Model"')
    settings.RULES_DIR = tmp_path
    assert [message.id for message in check_rules()] == ["policy.E001"]
    assert "x.toml:1: model: there is no model no.Model" in str(check_rules()[0].msg)
