"""`when`: what it may read, how its mistakes are told, and fields that hold objects an app has registered."""

from collections.abc import Iterator
from typing import Any

import pytest

from gradus.policy import BookErrors, RuleSet, load_texts, machines, objects
from gradus.policy.checks import warnings
from gradus.policy.stating import stated
from tests.platform.policy.zoo.models import Animal, Owner

BOOK = """
[process]
name  = "zoo.cat"
title = "Cats"

[process.fields.colour]
type    = "choice"
choices = { black = "Black as night", red = "Red" }

[process.fields.fee]
type = "money"
WHEN

[process.fields.photo]
type = "file"

[process.fields.tags]
type = "text"
many = 3

[process.fields.home]
type  = "owner"

[process.fields.why]
type = "long text"
MORE

[process.states]
submitted = "Submitted"
approved  = "Approved"

[fields]
author = "author"
keeper = "keeper"
owner  = "owner"

[conditions.dear]
if  = "obj.fee > 10000"
yes = "it costs more than a hundred"

[conditions.tagged]
if = "obj.tags is None"

[conditions.kept]
if = "obj.keeper == user"

[permissions.view]
student = "always"

[transitions.submit]
from    = [""]
to      = "submitted"
student = "always"

[transitions.approve]
from    = ["submitted"]
to      = "approved"
student = "always"
ask     = { reason = { type = "text", when = "ASK" }, sure = "flag" }
"""


@pytest.fixture(autouse=True)
def _owners() -> Iterator[None]:
    machines.register(Animal, kind_field="kind")
    objects.choosable("owner", label="Owner", model="zoo.Owner")(lambda who: Owner.objects.all())
    yield
    objects.unregister("owner")
    machines.unregister(Animal)


def load(when: str = "", more: str = "", ask: str = "obj.sure", home: str = "owner") -> RuleSet:
    text = BOOK.replace("WHEN", f'when = "{when}"' if when else "").replace("ASK", ask)
    text = text.replace('type  = "owner"', f'type  = "{home}"')
    text = text.replace("MORE", f'when = "{more}"' if more else "")
    return load_texts({"cat.toml": text})


def mistakes(**written: str) -> list[str]:
    with pytest.raises(BookErrors) as raised:
        load(**written)
    return [f"{problem.line}: {problem.key}: {problem.text}" for problem in raised.value.problems]


def questions(ruleset: RuleSet) -> Any:
    definition = ruleset.book("zoo.Animal", "cat").definition
    assert definition is not None
    return definition.fields


def test_a_condition_is_read_with_the_names_of_its_book_and_knows_what_it_reads() -> None:
    found = questions(load("obj.colour == 'black'", "dear and obj.home is not None"))
    assert found["colour"].when is None
    assert found["fee"].when.reads == ("colour",)
    assert found["why"].when.reads == ("fee", "home")
    assert stated(found["fee"].when.node) == "the colour is “Black as night”"
    assert stated(found["why"].when.node) == "it costs more than a hundred and the home is there already"


@pytest.mark.parametrize(
    ("when", "told"),
    [
        ("obj.coler == 'black'", "obj.coler: unknown field; did you mean obj.colour?"),
        ("obj.colour == 'blue'", "obj.colour is never “blue”"),
        ("obj.colour > 3", "cannot be compared"),
        ("colour", "“colour” is a field; write obj.colour"),
        ("deer", "“deer”: unknown condition; did you mean dear?"),
        ("obj.fee > 3", "“fee” cannot depend on its own answer"),
        ("dear", "“fee” cannot depend on its own answer"),
        ("obj.photo is None", "obj.photo is a file, and no condition reads files"),
        ("obj.tags is None", "obj.tags takes several answers"),
        ("obj.keeper == user", "obj.keeper is not known before this is filed"),
        ("tagged", "obj.tags takes several answers"),
        ("kept", "obj.keeper is not known before this is filed"),
        ("obj.home == user", "obj.home is a reference to zoo.Owner and cannot be compared with user"),
        ("source == 'x'", "only automations"),
    ],
)
def test_a_mistake_is_told_at_its_line_and_key(when: str, told: str) -> None:
    (found,) = mistakes(when=when)
    assert found.startswith("12: process.fields.fee.when: ")
    assert told in found


def test_what_is_wrong_only_where_it_is_asked_is_told_beside_other_mistakes() -> None:
    fee, why = mistakes(when="tagged and dear", more="obj.zzz is None")
    assert "process.fields.fee.when: obj.tags takes several answers" in fee
    assert "process.fields.why.when: obj.zzz: unknown field" in why


def test_a_question_of_no_type_is_told_once_and_not_wherever_it_is_read() -> None:
    text = BOOK.replace("WHEN", "").replace("MORE", "").replace("ASK", "obj.sure").replace('"flag"', '"flagg"')
    with pytest.raises(BookErrors) as raised:
        load_texts({"cat.toml": text})
    (found,) = raised.value.problems
    assert found.key == "transitions.approve.ask.sure.type"


def test_fields_that_wait_for_each_other_are_told_once_and_the_way_around() -> None:
    (found,) = mistakes(when="obj.why == 'x'", more="obj.fee > 3")
    assert found.startswith("12: process.fields.fee.when: fields wait for each other in a circle: fee → why → fee")


def test_a_transition_reads_what_it_asks_and_the_thing_itself() -> None:
    rule = load(ask="obj.sure and kept and obj.state == 'submitted'").book("zoo.Animal", "cat").transitions["approve"]
    assert rule.ask["reason"].when is not None
    assert rule.ask["reason"].when.reads == ("sure", "keeper", "state")
    (found,) = mistakes(ask="obj.reason == 'x'")
    assert "transitions.approve.ask.reason.when: “reason” cannot depend on its own answer" in found
    (found,) = mistakes(ask="obj.shure")
    assert "obj.shure: unknown field; did you mean obj.sure?" in found


def test_a_type_nobody_registered_is_told_with_the_nearest_word() -> None:
    (found,) = mistakes(home="ovner")
    assert "process.fields.home.type: “ovner” is not a type of field; did you mean owner?" in found


def test_a_type_cannot_be_called_like_one_of_ours() -> None:
    with pytest.raises(ValueError, match="person is a type of field already"):
        objects.choosable("person", label="Somebody", model="zoo.Owner")


def test_objects_are_compared_with_objects_of_their_model_and_nothing_else() -> None:
    load(more="obj.home is None or obj.home != obj.home")
    (found,) = mistakes(more="obj.home == 3")
    assert "obj.home is a reference to zoo.Owner and cannot be compared with 3" in found
    (found,) = mistakes(more="obj.home < obj.home")
    assert "has no order" in found


@pytest.mark.parametrize(
    ("written", "key", "told"),
    [
        ({"when": "obj.colour == 'black' and obj.colour == 'red'"}, "process.fields.fee.when", "is never true"),
        ({"when": "obj.colour is None or obj.colour is not None"}, "process.fields.fee.when", "is always true"),
        ({"ask": "obj.state == 'approved'"}, "transitions.approve.ask.reason.when", "is never true"),
        ({"ask": "obj.state == 'submitted'"}, "transitions.approve.ask.reason.when", "is always true"),
    ],
)
def test_what_is_never_or_always_asked_is_warned_of(written: dict[str, str], key: str, told: str) -> None:
    found = [(problem.key, problem.text) for problem in warnings(load(**written)) if "when" in problem.key]
    assert [each for each, _text in found] == [key]
    assert told in found[0][1]
    assert not [problem for problem in warnings(load("obj.colour == 'black'")) if "when" in problem.key]
