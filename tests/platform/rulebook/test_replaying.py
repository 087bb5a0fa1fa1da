"""History decided again by a draft, and the matrix before and after."""

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from gradus import flow, policy
from gradus.accounts.models import User
from gradus.flow.models import TransitionRecord
from gradus.rulebook.comparing import Change, changes
from gradus.rulebook.replaying import replay
from tests.platform.flow.conftest import RULES
from tests.platform.flow.mill.models import Order

TEXTS = {path.name: path.read_text() for path in RULES.glob("*.toml")}


@pytest.fixture(autouse=True)
def rules() -> Iterator[policy.RuleSet]:
    with policy.using(policy.load_texts(TEXTS)) as ruleset:
        yield ruleset


def draft(old: str, new: str) -> policy.RuleSet:
    assert old in TEXTS["flour.toml"]
    return policy.load_texts({**TEXTS, "flour.toml": TEXTS["flour.toml"].replace(old, new)})


@pytest.fixture
def history(student: User, instructor: User) -> dict[str, Order]:
    """Two orders, one of a hundred and twenty bags that an instructor could not approve."""
    made = {
        name: flow.create(Order, "order", by=student, kind="flour", title=name, bags=bags)
        for name, bags in (("small", 3), ("large", 120))
    }
    flow.apply(made["small"], "approve", by=instructor)
    with pytest.raises(flow.Denied):
        flow.apply(made["large"], "approve", by=instructor)
    return made


def test_the_books_in_force_change_nothing(rules: policy.RuleSet, history: dict[str, Order]) -> None:
    found = replay(rules, last=100)
    assert (found.decided, found.same, found.changed, found.unknown) == (4, 4, 0, 0)


def test_a_draft_that_allows_more_and_less_says_which(history: dict[str, Order]) -> None:
    wider = replay(draft("obj.bags <= 100", "obj.bags <= 200"), last=100)
    assert (wider.same, wider.allowed, wider.refused) == (3, 1, 0)
    narrower = replay(draft("obj.bags <= 100", "obj.bags <= 2"), last=100)
    assert (narrower.same, narrower.allowed, narrower.refused) == (3, 0, 1)
    [example] = narrower.examples
    approved = TransitionRecord.objects.get(transition="approve", outcome="done")
    assert (example.record, example.allowed) == (approved.pk, False)
    assert str(example).endswith("approve by instructor was allowed, would be refused")


def test_what_was_not_recorded_is_counted_not_guessed(history: dict[str, Order]) -> None:
    found = replay(draft("obj.bags <= 100", "obj.price <= 100"), last=100)
    assert found.unknown == 0  # the price was recorded, as missing
    erased = TransitionRecord.objects.filter(object_id=history["small"].pk).erase()
    assert erased == 2
    assert replay(policy.active(), last=100).unknown == 2


def test_only_what_a_book_governs_is_asked(rules: policy.RuleSet, history: dict[str, Order]) -> None:
    flour = rules.book("mill.Order", "flour")
    others = [book for book in rules.books if book is not flour]
    assert others
    assert (replay(rules, last=9, only=[flour]).decided, replay(rules, last=9, only=others).decided) == (4, 0)
    assert replay(rules, last=9, only=[flour, *others]).decided == 4


def test_only_the_newest_are_asked(history: dict[str, Order]) -> None:
    assert replay(policy.active(), last=2).decided == 2


def test_every_cell_that_differs_is_named(rules: policy.RuleSet) -> None:
    after = draft('instructor = "small"', 'instructor = "small and obj.bags > 1"\nsystem = "always"')
    assert changes(rules, after) == [
        Change("mill.Order/flour", "transitions", "approve", "instructor", "small", "small and obj.bags > 1"),
        Change("mill.Order/flour", "transitions", "approve", "system", "-", "always"),
    ]
    assert changes(rules, rules) == []


def test_a_move_elsewhere_is_a_change(rules: policy.RuleSet) -> None:
    start, end = 'from       = ["ordered', '"]\nto         = "rejected"'
    after = draft(start + end, f'{start}", "approved{end}')
    assert [(each.role, each.after) for each in changes(rules, after)] == [("from", "approved, ordered")]


def test_a_number_that_changes_is_a_change() -> None:
    numbers = '[values.enough]\nvalue = 95\nunit = "percent"\nmax = 100\n'
    before = policy.load_texts({"metrics.toml": numbers})
    after = policy.load_texts({"metrics.toml": numbers.replace("95", "90").replace("max", "min = 50\nmax")})
    assert changes(before, after) == [
        Change("metrics", "values", "enough", "value", "95 percent", "90 percent"),
        Change("metrics", "values", "enough", "min", "-", "50"),
    ]


@pytest.fixture
def folders(tmp_path: Path, settings: Any) -> Path:
    """The books in force, and a changed copy."""
    for name in ("now", "draft"):
        (tmp_path / name).mkdir()
        for file, text in TEXTS.items():
            (tmp_path / name / file).write_text(text)
    changed = tmp_path / "draft" / "flour.toml"
    changed.write_text(changed.read_text().replace("obj.bags <= 100", "obj.bags <= 2"))
    settings.RULES_DIR = tmp_path / "now"
    return tmp_path


def _run(*words: str) -> tuple[str, int]:
    out = StringIO()
    try:
        call_command("rules", *words, stdout=out)
    except SystemExit as end:
        return out.getvalue(), int(end.code or 0)
    return out.getvalue(), 0


def test_the_commands_say_it_and_fail_when_something_changes(folders: Path, history: dict[str, Order]) -> None:
    assert _run("diff", str(folders / "now")) == ("the same\n", 0)
    text, code = _run("replay", str(folders / "draft"))
    assert "approve by instructor was allowed, would be refused" in text
    assert "4 decisions: 3 the same, 0 allowed that were refused, 1 refused that were allowed, 0 unknown" in text
    assert code == 1
    found, code = _run("replay", str(folders / "now"), "--json", "--last", "3")
    assert (json.loads(found)["decided"], code) == (3, 0)
    with pytest.raises(CommandError, match="there is no folder"):
        _run("diff", str(folders / "gone"))


@pytest.mark.django_db
def test_a_condition_behind_a_name_is_a_change_too(folders: Path) -> None:
    said = "mill.Order/flour: conditions.small.if: obj.bags <= 100 → obj.bags <= 2"
    assert _run("diff", str(folders / "draft")) == (f"{said}\n1 difference\n", 1)


def test_the_command_counts_the_rows_as_well(folders: Path, history: dict[str, Order], instructor: User) -> None:
    Order.objects.update(state="ordered")
    text, code = _run("diff", str(folders / "draft"), "--rows")
    assert "mill.Order/flour: approve.instructor: 0 gained, 1 lost\n" in text
    assert f"  lost: {history['small'].pk} (person {instructor.pk})" in text
    assert code == 1
    found = json.loads(_run("diff", str(folders / "draft"), "--rows", "--json")[0])
    [effect] = [each for each in found["rows"] if each["role"] == "instructor"]
    assert (effect["lost"], effect["estimated"], effect["asked"]) == (1, False, 1)
    assert effect["examples_lost"] == [{"key": history["small"].pk, "person": instructor.pk}]
    assert _run("diff", str(folders / "now"), "--rows") == ("the same\n", 0)
