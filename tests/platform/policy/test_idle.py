"""Automations that are hardly meant are said at their line: never set off, never true, for ever, or dear."""

import pytest

from gradus.policy import load_texts, machines
from gradus.policy.checks import warnings
from gradus.policy.machines import Move
from tests.platform.policy.zoo.models import Animal
from workflows.requests.models import Request

BOOK = """
model = "requests.Request"
[process]
name = "requests.errand"
title = "Errand"
[process.fields]
weight = "number"
[process.states]
open = "Open"
held = "Held"
lost = "Lost"
shut = "Shut"
[transitions.file]
from = [""]
to = "open"
student = "always"
[transitions.hold]
from = ["open"]
to = "held"
instructor = "always"
[transitions.note]
from = ["*"]
student = "always"
[transitions.lose]
from = ["open"]
to = "lost"
admin = "never"
[transitions.find]
from = ["lost"]
to = "open"
admin = "always"
[transitions.shut]
from = ["held"]
to = "shut"
student = "always"
system = "obj.weight > 5"
"""
DO = 'do = [{ notify = "author", template = "x" }]'


def said(*lines: str, do: str = DO) -> list[str]:
    book = "\n".join([BOOK, "[[automations]]", 'id = "a"', *lines, do])
    return [f"{problem.key}: {problem.text}" for problem in warnings(load_texts({"errand.toml": book}))]


@pytest.mark.parametrize(
    "lines",
    [
        ('on = "hold"',),
        ('on = "note"', "if = \"source == 'open'\""),
        ('on = "* -> held"', "if = \"source == 'open' and obj.weight > 3\""),
        ('after = "2 days in open"', 'again = "1 day"'),
        ('after = "2 days in open"', 'if = "obj.weight > 3"'),
        ('after = "2 days in shut"', 'if = "obj.weight > 3"'),
        ('every = "day at 07:00"', 'if = "obj.weight > 3"'),
        ('every = "day at 07:00"', 'if = "obj.weight > 3 or obj.weight is None"'),
    ],
)
def test_what_can_happen_is_left_alone(lines: tuple[str, ...]) -> None:
    assert said(*lines) == []


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (('on = "lose"',), "automations.1.on: nobody may make “lose”, so it never happens"),
        (('on = "find"',), "automations.1.on: nobody may make “find”, so it never happens"),
        (('on = "open -> shut"',), "automations.1.on: no transition that somebody may make leads from open to shut"),
        (('on = "* -> lost"',), "automations.1.on: no transition that somebody may make leads from * to lost"),
        (('on = "hold"', "if = \"source == 'held'\""), "automations.1.if: is never true, so nothing ever happens"),
        (('on = "hold"', "if = \"target == 'held'\""), "automations.1.if: is always true: leave it out"),
        (('after = "2 days in lost"',), "automations.1.after: no transition that somebody may make leads to “lost”"),
        (('after = "2 days in shut"',), "automations.1.after: nothing leads out of “shut”, so all that ever ended"),
        (('after = "2 days in shut"', 'again = "1 day"'), "automations.1.again: nothing leads out of “shut”, so"),
        (('after = "2 days in open"', "if = \"obj.state == 'held'\""), "automations.1.if: is never true"),
        (('after = "2 days in open"', "if = \"obj.state != 'held'\""), "automations.1.if: is always true"),
        (('after = "2 days in open"', 'if = "obj.weight > 3 and obj.weight < 2"'), "automations.1.if: is never true"),
        (('after = "2 days in open"', 'if = "never"'), "automations.1.if: is never true"),
        (
            ('every = "day at 07:00"', 'if = "obj.weight > 3 or not obj.weight > 3"'),
            "automations.1.if: is always true: everything is meant",
        ),
    ],
)
def test_what_is_hardly_meant_is_said(lines: tuple[str, ...], expected: str) -> None:
    [found] = said(*lines)
    assert found.startswith(expected)


def test_a_transition_that_its_own_automation_can_never_make_is_said() -> None:
    shut = 'do = [{ apply = "shut" }]'
    assert said('after = "2 days in held"', do=shut) == []
    assert said('after = "2 days in open"', do=shut) == ["automations.1.do: “shut” does not start in “open”"]
    [found] = said('after = "2 days in held"', 'if = "obj.weight < 5"', do=shut)
    assert found.startswith("automations.1.do: the platform may never make “shut” of what is meant here")


def test_the_line_is_the_one_of_the_key() -> None:
    book = f'{BOOK}\n[[automations]]\nid = "a"\non = "lose"\n{DO}'
    [found] = warnings(load_texts({"errand.toml": book}))
    assert book.splitlines()[found.line - 1] == 'on = "lose"'


def test_a_look_that_no_index_helps_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Request._meta, "indexes", [])
    [found] = said('after = "2 days in open"')
    assert found.startswith("automations.1.after: requests.Request has no index on state and state_since")


def test_a_coded_machine_has_a_life_too() -> None:
    moves = {"submit": Move(frozenset({""}), "submitted"), "free": Move(frozenset({"submitted"}), "freed")}
    machines.register(Animal, moves=moves)
    try:
        book = 'model = "zoo.Animal"\n[transitions.submit]\nadmin = "always"\n[transitions.free]\nadmin = "never"\n'
        text = f'{book}[[automations]]\nid = "a"\nafter = "1 day in freed"\n{DO}'
        texts = [problem.text for problem in warnings(load_texts({"a.toml": text}))]
    finally:
        machines.unregister(Animal)
    assert "no transition that somebody may make leads to “freed”" in texts
