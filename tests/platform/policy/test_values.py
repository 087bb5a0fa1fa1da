"""Books of numbers: typed by their unit, bounded, checked at their key, and asked for by the program."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from gradus import policy
from gradus.policy import values
from gradus.policy.checks import mistakes
from gradus.policy.errors import BookErrors, UnknownName
from gradus.policy.ruleset import RuleSet, load_texts

TEXT = """title = "Figures"
[values.on_time]
value = 7
unit  = "days"
min   = 1
max   = 60
title = "On time"
help  = "How long after the deadline still counts."
[values.enough]
value = 92.5
unit  = "percent"
[values.tries]
value = 3
"""


@pytest.fixture
def figures() -> Iterator[RuleSet]:
    with policy.using(load_texts({"metrics.toml": TEXT})) as ruleset:
        yield ruleset


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], str]:
    needed: dict[tuple[str, str], str] = {}
    monkeypatch.setattr(values, "_needed", needed)
    return needed


@pytest.mark.parametrize(
    ("name", "expected"), [("on_time", timedelta(days=7)), ("enough", Decimal("92.5")), ("tries", 3)]
)
def test_a_number_in_force_has_the_type_of_its_unit(figures: RuleSet, name: str, expected: Any) -> None:
    found = policy.value("metrics", name)
    assert (found, type(found)) == (expected, type(expected))


def test_a_number_that_is_not_there_names_the_nearest(figures: RuleSet) -> None:
    with pytest.raises(UnknownName, match=r"metrics.toml has no value on_tim; did you mean on_time"):
        policy.value("metrics", "on_tim")
    with pytest.raises(UnknownName, match="no book of values metric; did you mean metrics"):
        policy.value("metric", "on_time")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('unit  = "days"', 'unit = "day"', ":4: values.on_time.unit: “day” is not a unit; did you mean days?"),
        ("value = 7", "value = 90", "metrics.toml:3: values.on_time.value: 90 lies outside 1 … 60"),
        ("value = 7", 'value = "7"', "metrics.toml:3: values.on_time.value: a number is expected here, not '7'"),
        ("value = 7\n", "", "metrics.toml:2: values.on_time: value = a number is expected here"),
        ("max   = 60", "max = 1e300", "metrics.toml:6: values.on_time.max: nothing takes that long"),
        ("max   = 60", "most = 60", "metrics.toml:6: values.on_time.most: “most” means nothing here"),
        ("value = 3", "value = 3.5", "metrics.toml:13: values.tries.value: a whole number is expected here, not 3.5"),
        ("[values.tries]", "[values.Tries]", "metrics.toml:12: values.Tries: a name has small letters"),
        ("[values.tries]", "[[tests]]", "metrics.toml:12: tests: “tests” means nothing here"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_key(old: str, new: str, said: str) -> None:
    assert old in TEXT
    with pytest.raises(BookErrors) as told:
        load_texts({"metrics.toml": TEXT.replace(old, new)})
    assert said in str(told.value)


def test_two_books_of_one_name_are_a_mistake() -> None:
    with pytest.raises(BookErrors, match=r"b/metrics.toml:1: a/metrics.toml is a book of values called metrics"):
        load_texts({"a/metrics.toml": TEXT, "b/metrics.toml": TEXT})


def test_a_changed_number_is_another_set(figures: RuleSet) -> None:
    assert load_texts({"metrics.toml": TEXT}).version == figures.version
    assert load_texts({"metrics.toml": TEXT.replace("value = 7", "value = 8")}).version != figures.version


def test_what_the_program_needs_has_to_be_there(figures: RuleSet, asked: dict[tuple[str, str], str]) -> None:
    def said() -> list[str]:
        return [str(problem) for problem in mistakes(figures) if "values." in problem.key]

    values.needs("metrics", "on_time", unit="days")
    assert said() == []
    values.needs("metrics", "on_time", unit="hours")
    assert said() == ["metrics.toml:4: values.on_time.unit: the program reads this number in hours"]
    values.needs("metrics", "gone", unit="")
    values.needs("other", "gone", unit="percent")
    assert said()[1:] == [
        "metrics.toml:1: values.gone: the program needs this number, in no unit",
        "rules/other.toml:1: values.gone: the program needs this number, in percent",
    ]
