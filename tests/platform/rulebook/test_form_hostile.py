"""Whatever text somebody pastes, the form of a book answers, and soon."""

import copy
import time
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from gradus.policy.errors import RuleError
from gradus.rulebook.form.outline import outline
from gradus.rulebook.form.steps import take
from gradus.rulebook.form.writing import value_text

ODD: tuple[Any, ...] = (
    [],
    {},
    [[1]],
    1,
    -0.5,
    True,
    "",
    "{",
    date(2026, 1, 1),
    {"x": {"y": [1]}},
    float("nan"),
    "\0",
    "x" * 300,
)
BOOKS = ("requests/refund.toml", "requests/bug.toml", "learning.toml")


def places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    for key, value in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield (*path, key)
        yield from places(value, (*path, key))


def with_odd(data: Any, path: tuple[Any, ...], odd: Any) -> str:
    found = copy.deepcopy(data)
    inner = found
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = odd
    return "".join(f"{key} = {value_text(value)}\n" for key, value in found.items())


def book(file: str) -> dict[str, Any]:
    text = (Path(settings.RULES_DIR) / file).read_text()
    return tomllib.loads(text.replace("process =", "process.name =", 1) if "[process" in text else text)


def one_of_each(data: Any) -> list[tuple[Any, ...]]:
    """A place of each sort: the first of those that differ in their names alone."""
    return list({(len(path), path[0], path[-1]): path for path in places(data)}.values())


@pytest.mark.parametrize("file", BOOKS)
def test_anything_may_stand_anywhere(file: str) -> None:
    data = book(file)
    wrong = []
    for number, path in enumerate(one_of_each(data)):
        for odd in (ODD[2], ODD[number % len(ODD)]):
            try:
                outline(with_odd(data, path, odd), file)
            except Exception as error:  # noqa: BLE001 - all of them are told at once
                wrong.append((path, odd, repr(error)))
    assert wrong == []


HEAD = 'title = "x"\nprocess = "requests.zzz"\n'
HOSTILE = {
    "a name of a hundred thousand parts": f"a{'.a' * 99_000} = 1",
    "a header of a hundred thousand parts": f"[a{'.a' * 99_000}]",
    "a header that never ends": "[" + " " * 199_000,
    "tables that mean nothing": "".join(f"[a{number}]\n" for number in range(18_000)),
    "conditions": HEAD + "".join(f'[conditions.c{n}]\nif = "not c{n - 1}"\n' for n in range(1, 5000)),
    "states": HEAD + "[process.states]\n" + "".join(f's{n} = "S"\n' for n in range(14_000)),
    "fields": HEAD + "[process.fields]\n" + "".join(f'f{n} = "text"\n' for n in range(12_000)),
    "transitions": HEAD + "".join(f"[transitions.t{n}]\n" for n in range(9000)),
    "limits": HEAD + "[[limits]]\n" * 15_000,
    "automations": HEAD + '[[automations]]\nid = "a"\n' * 7000,
    "tests": HEAD + "[[tests]]\n" * 15_000,
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_book_full_of_anything_is_answered_soon(what: str) -> None:
    began = time.process_time()
    found = outline(HOSTILE[what], "requests/zzz.toml")
    assert time.process_time() - began < 2
    assert found.mistakes or found.unreadable


def test_a_book_with_too_much_of_something_says_so_instead_of_a_form() -> None:
    found = outline(HOSTILE["limits"], "requests/zzz.toml").unreadable
    assert str(found) == "at most 50 are allowed here; these are 15000"
    assert found is not None
    assert found.line == 3


@pytest.mark.parametrize(
    "change",
    [
        {"op": "up", "path": ["transitions", "approve", "label", "x"]},
        {"op": "up", "path": ["process", "fields", "amount", "required", "x"]},
        {"op": "set", "path": ["limits", 0, "per"], "as": "per", "value": "30 days"},
        {"op": "set", "path": ["limits", 0, "per"], "as": "per", "value": [[1]]},
        {"op": "set", "path": ["limits", 0, "allow"], "as": "choices", "value": "One"},
        {"op": "set", "path": ["process", "fields", "reason"], "as": "choices", "value": "One"},
        {"op": "set", "path": ["transitions", "approve"], "as": "choices", "value": "One"},
    ],
)
def test_a_change_nobody_could_have_clicked_is_refused_or_made(change: dict[str, Any]) -> None:
    text = (Path(settings.RULES_DIR) / "requests/refund.toml").read_text()
    with suppress(RuleError):  # anything else would be a page that says nothing
        outline(take(text, change, file="requests/refund.toml").text)
