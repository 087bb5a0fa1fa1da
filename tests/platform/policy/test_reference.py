"""The reference of the rules has a row for everything the code knows, and none for what it does not know.

A comment before a table says what it lists: `<!-- words: definitions.LIMIT_KEYS -->` is a constant of the policy.
A test that fails names the rows to add or to take away in docs/rules/reference.md.
"""

import ast
import importlib
import re
import sys
from argparse import ArgumentParser, _SubParsersAction
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import FrameType, UnionType
from typing import Any, get_args

import pytest

from gradus import policy
from gradus.flow.models import AutomationRun
from gradus.notify import saying
from gradus.policy import actions, language, people, terms, tree
from gradus.policy.bounds import MOST
from gradus.policy.scope import BookScope, EventScope
from gradus.project.paths import CHECKOUT
from gradus.rulebook.management.commands.rules import Command
from tests.platform.policy import wordings

PAGE = (CHECKOUT / "docs/rules/reference.md").read_text()
ROW = re.compile(r"(?m)^\| (.+?) \|(.*)$")
CODE = re.compile(r"`([^`]+)`")
WORDS = re.compile(r"<!-- words: (.+?) -->")
# Where the words of books are listed; elsewhere constants are about the program.
LISTED = ("reading", "definitions", "process", "automations", "values", "bounds", "scope", "language")
DJANGOS = {"--help", "--version", "--verbosity", "--settings", "--pythonpath", "--traceback", "--no-color",
           "--force-color", "--skip-checks"}  # fmt: skip


def table(marker: str) -> list[tuple[str, str]]:
    """The rows of the table behind a marker: the first cell, and the rest. Headings are left out."""
    after = PAGE.split(f"<!-- {marker} -->", 1)
    assert len(after) == 2, f"docs/rules/reference.md has no table marked <!-- {marker} -->"
    return rows(after[1].lstrip().split("\n\n", 1)[0])


def rows(text: str) -> list[tuple[str, str]]:
    found = [(match[1], match[2]) for match in ROW.finditer(text)]
    return [row for row in found if "`" in row[0]]


def section(marker: str) -> str:
    """From a marker to the next one, or to the next chapter."""
    return re.split(r"\n<!-- |\n## ", PAGE.split(f"<!-- {marker} -->", 1)[1])[0]


def module(name: str) -> Any:
    return importlib.import_module(f"gradus.policy.{name}")


def constants() -> Iterator[tuple[str, frozenset[str]]]:
    """Every collection of words that a module of the policy lists: `definitions.LIMIT_KEYS`."""
    for name in LISTED:
        its = module(name)
        for node in ast.parse((wordings.POLICY / f"{name}.py").read_text()).body:
            targets = node.targets if isinstance(node, ast.Assign) else []
            for constant in (each.id for each in targets if isinstance(each, ast.Name) and each.id[0] != "_"):
                value = getattr(its, constant)
                if isinstance(value, tuple | set | frozenset) and all(isinstance(word, str) for word in value):
                    yield f"{name}.{constant}", frozenset(filter(None, value))


def words_of(constant: str) -> frozenset[str]:
    name, _dot, its = constant.partition(".")
    return frozenset(filter(None, getattr(module(name), its)))


# Keys and words


def test_every_list_of_words_has_its_table() -> None:
    marked = {constant for found in WORDS.findall(PAGE) for constant in found.split()}
    same = {words: constant for constant, words in constants() if constant in marked}
    missing = {constant: sorted(words) for constant, words in constants() if words not in same}
    assert not missing, f"docs/rules/reference.md needs tables marked <!-- words: … --> for {missing}"


@pytest.mark.parametrize("marker", WORDS.findall(PAGE))
def test_a_table_has_a_row_for_every_word_and_no_other(marker: str) -> None:
    known = frozenset().union(*map(words_of, marker.split()))
    told = {re.sub(r"\(\d+\)", "", word) for first, _rest in table(f"words: {marker}") for word in CODE.findall(first)}
    assert (known - told, told - known) == (set(), set()), "rows to add, rows to take away"


def test_the_keys_of_every_table_of_a_book_are_constants() -> None:
    """`source.only(path, table, LIMIT_KEYS)`: keys that are written out in a call are in no table of the reference."""
    for path in sorted(wordings.POLICY.glob("*.py")):
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "only":
                given = call.args[2]
                named = [given.body, given.orelse] if isinstance(given, ast.IfExp) else [given]
                for each in named:
                    where = f"{path.name}:{call.lineno}"
                    if isinstance(each, ast.Name) and not each.id.isupper():  # the parameter of `only` itself
                        continue
                    assert isinstance(each, ast.Name), f"{where}: give these keys a name: {ast.unparse(each)}"
                    assert any(f"{path.stem}.{each.id}" in marker.split() for marker in WORDS.findall(PAGE)), where


def test_the_bounds_are_told() -> None:
    told = {CODE.findall(first)[0]: rest.strip(" |") for first, rest in table("most")}
    assert told == {name: f"{most:,}" for name, most in MOST.items()}


def test_every_outcome_of_an_automation_is_told() -> None:
    assert {CODE.findall(first)[0] for first, _rest in table("outcomes")} == set(AutomationRun.Outcome.values)


# Conditions


@pytest.fixture
def examples_read(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], list[tuple[str, tree.Node]]]]:
    """Reads every example of a form, as a book would be."""
    found = re.search(r"```toml reference\n(.*?)```", PAGE, re.DOTALL)
    assert found
    monkeypatch.setattr(people, "_facts", dict(people.facts()))
    people.user_fact("topics", many=True)(lambda _user: frozenset())
    people.user_fact("grade", kind="decimal")(lambda _user: None)
    people.user_fact("studied", kind="duration")(lambda _user: None)
    terms.term("requests.Request", q=lambda _user: True, name="is_paid")(lambda _user, _obj: True)
    book = policy.load_texts({"requests/example.toml": found[1]}).books[0]
    written = {name: {"if": condition.text} for name, condition in book.conditions.items()}
    scope = EventScope(BookScope(book.label, book.fields, written), ("submitted", "approved"))
    texts = [text for _first, rest in _forms() for text in CODE.findall(rest)]
    yield lambda: [(text, language.parse(text, scope)) for text in texts]
    terms.unregister("requests.Request", "is_paid")


@pytest.fixture
def examples(examples_read: Callable[[], list[tuple[str, tree.Node]]]) -> list[tuple[str, tree.Node]]:
    return examples_read()


def _forms() -> list[tuple[str, str]]:
    text = PAGE.split("<!-- forms -->", 1)[1].lstrip().split("\n\n", 1)[0]
    return [(match[1], match[2]) for match in ROW.finditer(text)]


def test_the_examples_show_every_form_that_is_read(examples: list[tuple[str, tree.Node]]) -> None:
    """Python's nodes that the reader takes are those its patterns name."""
    source = ast.parse((wordings.POLICY / "language.py").read_text())
    taken = {
        pattern.cls.attr
        for pattern in ast.walk(source)
        if isinstance(pattern, ast.MatchClass) and isinstance(pattern.cls, ast.Attribute)
    } | {operator.__name__ for operator in language.OPS}
    shown = {type(node).__name__ for text, _node in examples for node in ast.walk(ast.parse(text, mode="eval"))}
    assert taken - shown == set(), "docs/rules/reference.md shows no form with these"


def test_the_examples_lead_through_every_way_the_reader_has(examples_read: Callable[[], object]) -> None:
    """Each `return` of the reader is reached, so that no form of its own is without an example."""
    file = str(wordings.POLICY / "language.py")
    reader = next(each for each in ast.parse(Path(file).read_text()).body if getattr(each, "name", "") == "_Reader")
    returns = {each.lineno for each in ast.walk(reader) if isinstance(each, ast.Return)}
    reached: set[int] = set()

    def trace(frame: FrameType, event: str, _argument: object) -> Any:
        if frame.f_code.co_filename != file:
            return None
        if event == "line":
            reached.add(frame.f_lineno)
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        examples_read()
    finally:
        sys.settrace(before)
    lines = Path(file).read_text().splitlines()
    assert [lines[number - 1].strip() for number in sorted(returns - reached)] == []


def test_the_examples_show_every_part_a_condition_can_have(examples: list[tuple[str, tree.Node]]) -> None:
    shown = {type(part) for _text, node in examples for part in _parts(node)}
    every = {cls for union in (tree.Node, tree.Operand) for cls in _members(union)}
    assert {cls.__name__ for cls in every - shown} == set()


def _members(union: Any) -> Iterator[type]:
    for each in get_args(union):
        yield from _members(each) if isinstance(each, UnionType) else (each,)


def _parts(part: Any) -> Iterator[Any]:
    if isinstance(part, tuple):
        for each in part:
            yield from _parts(each)
    elif is_dataclass(part) and not isinstance(part, type):
        yield part
        for field in fields(part):
            yield from _parts(getattr(part, field.name))


# Actions and commands


def test_every_word_of_a_text_has_a_row() -> None:
    assert [CODE.findall(first)[0] for first, _rest in table("said")] == [f"{{{word}}}" for word in saying.WORDS]


def test_every_action_and_each_of_its_parameters_has_a_row() -> None:
    policy.load_texts({})  # apps register theirs then
    ours = {name: actions.get(name) for name in actions.names()}
    known = {
        name: {parameter.name for parameter in found.parameters}
        for name, found in ours.items()
        if found is not None and not found.run.__module__.startswith("tests.")
    }
    told = {CODE.findall(first)[0]: set(CODE.findall(rest.split("|")[0])) for first, rest in table("actions")}
    assert told == known


def test_every_command_and_each_of_its_options_has_a_row() -> None:
    parser = Command().create_parser("gradus", "rules")
    assert isinstance(parser, ArgumentParser)
    subs = next(each for each in parser._actions if isinstance(each, _SubParsersAction))
    known = {
        name: {_called(each) for each in sub._actions} - DJANGOS | ({"--version"} if name == "export" else set())
        for name, sub in subs.choices.items()
    }
    told = {CODE.findall(first)[0]: set(CODE.findall(rest.split("|")[0])) for first, rest in table("commands")}
    assert told == known


def _called(option: Any) -> str:
    return str(next((each for each in option.option_strings if each.startswith("--")), option.dest))


# Messages


@pytest.mark.parametrize(
    ("marker", "known"),
    [("errors", wordings.errors), ("warnings", wordings.doubts), ("objections", wordings.objections)],
)
def test_every_message_has_a_row_that_says_what_to_do(marker: str, known: Any) -> None:
    found = rows(section(marker))
    told = [CODE.findall(first)[0] for first, _rest in found]
    assert (known() - set(told), set(told) - known()) == (set(), set()), "rows to add, rows to take away"
    assert len(told) == len(set(told))
    assert [text for text, (_first, rest) in zip(told, found, strict=True) if len(rest.strip(" |")) < 12] == []
