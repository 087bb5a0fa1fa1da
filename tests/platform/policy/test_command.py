"""`gradus rules …`: the same answers on the command line, as text and as JSON."""

import json
import os
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from gradus.accounts.models import User
from gradus.policy import RuleSet, machines, values
from gradus.rulebook.management import in_force
from tests.platform.policy.conftest import CODED, MakeAnimal
from tests.platform.policy.zoo.models import Animal


@pytest.fixture
def folder(coded: RuleSet, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(machines, "_machines", {Animal: machines.for_model(Animal)})
    monkeypatch.setattr(values, "_needed", {})
    (tmp_path / "animals.toml").write_text(CODED)
    settings.RULES_DIR = tmp_path
    return tmp_path


def _run(*words: str) -> str:
    out = StringIO()
    call_command("rules", *words, stdout=out)
    return out.getvalue()


def test_check_fails_with_the_place_of_the_mistake(folder: Path) -> None:
    assert json.loads(_run("check", "--json"))["books"] == 1
    (folder / "animals.toml").write_text(CODED.replace("obj.tame", "obj.tam"))
    with pytest.raises(SystemExit):
        _run("check")


@pytest.mark.django_db
def test_test_fails_when_a_book_fails_its_tests(folder: Path) -> None:
    assert "1 tests in 1 books, 0 failed" in _run("test")
    (folder / "animals.toml").write_text(CODED.replace("amount = 5000", "amount = 50000"))
    with pytest.raises(SystemExit):
        _run("test", "--json")


@pytest.mark.django_db
def test_matrix_shows_the_condition_of_each_role(folder: Path) -> None:
    (table,) = json.loads(_run("matrix", "--json"))
    assert table["roles"] == ["student", "instructor", "admin"]
    approve = next(line for line in table["lines"] if line["name"] == "approve")
    assert approve["cells"] == {"instructor": "obj.keeper == user and small", "admin": "always"}
    assert approve["forbid"] == "own"
    assert "obj.keeper == user and small" in _run("matrix", "animals")


@pytest.mark.django_db
def test_a_book_of_numbers_is_a_table_too(folder: Path) -> None:
    (folder / "metrics.toml").write_text('[values.enough]\nvalue = 95\nunit = "percent"\nmin = 50\n')
    assert json.loads(_run("check", "--json"))["books"] == 2
    assert "enough   95 percent  50   -" in _run("matrix", "metrics")
    (table,) = json.loads(_run("matrix", "metrics", "--json"))
    assert (table["name"], table["values"]["enough"]["value"]) == ("metrics", 95)
    assert len(json.loads(_run("matrix", "--json"))) == 2
    with pytest.raises(CommandError, match=r"no book is called metrix; did you mean metrics\?"):
        _run("matrix", "metrix")


def test_explain_says_why_not(folder: Path, make_animal: MakeAnimal, instructor: User) -> None:
    animal = make_animal(keeper=instructor, amount=25000)
    question = ("explain", "zoo.approve_animal", "--user", instructor.email, "--object", str(animal.pk))
    assert "- the amount is above 100.00 (it is 250.00)" in _run(*question)
    found = json.loads(_run(*question, "--json"))
    assert (found["allowed"], found["role"]) == (False, "instructor")


@pytest.mark.parametrize("odd", ["abc", "", "1.5", "9" * 40])
def test_explain_knows_no_object_by_a_key_that_is_none(folder: Path, instructor: User, odd: str) -> None:
    with pytest.raises(CommandError, match=r"there is no zoo\.Animal"):
        _run("explain", "zoo.approve_animal", "--user", instructor.email, f"--object={odd}")


def test_filter_lists_what_may_be_done(folder: Path, make_animal: MakeAnimal, instructor: User, admin: User) -> None:
    mine, other = make_animal(keeper=instructor, amount=5), make_animal()
    question = ("filter", "zoo.approve_animal", "--json", "--user")
    assert json.loads(_run(*question, instructor.email))["objects"] == [mine.pk]
    assert json.loads(_run(*question, admin.email))["objects"] == [mine.pk, other.pk]
    assert json.loads(_run(*question, "guest"))["filter"] == "none"


def test_a_wrong_name_gets_a_hint(folder: Path, instructor: User) -> None:
    with pytest.raises(CommandError, match=r"did you mean zoo.approve_animal"):
        _run("filter", "zoo.aprove_animal", "--user", instructor.email)
    with pytest.raises(CommandError, match="nobody has the address"):
        _run("filter", "zoo.approve_animal", "--user", "no@example.com")
    with pytest.raises(CommandError, match="is no admin"):
        _run("filter", "zoo.approve_animal", "--user", instructor.email, "--role", "admin")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("matrix", "metrix"), "no book is called metrix"),
        (("diff", "/nowhere"), "there is no folder /nowhere"),
        (("history",), "the database does not answer: no such table"),
    ],
)
def test_no_answer_is_told_apart_from_a_no(
    folder: Path, db: None, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], said: str
) -> None:
    def missing(**_: Any) -> Any:
        raise OperationalError("no such table")

    monkeypatch.setitem(in_force.RUN, "history", missing)
    out = StringIO()
    with pytest.raises(CommandError, match=said) as failed:
        call_command("rules", *words, "--json", stdout=out)
    assert failed.value.returncode == 2
    assert json.loads(out.getvalue())["error"].startswith(said)


DEV = {"DJANGO_SETTINGS_MODULE": "gradus.project.settings.dev"}


def _shell(*words: str, **environment: str) -> tuple[int, str, str]:
    """As a shell runs it: the exit code, what stands on stdout, what stands on stderr."""
    command = [sys.executable, "-m", "gradus.project", "rules", *words]
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, **DEV, **environment}, check=False
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "the following arguments are required: command"),
        (("chekc",), "invalid choice: 'chekc'"),
        (("replay", ".", "--last", "-1"), "-1 is no number of things"),
        (("history", "--limit", "x", "--json"), "x is no number of things"),
        (("rollback", "x", "--by", "a@example.com", "--note", "y"), "invalid int value: 'x'"),
    ],
)
def test_wrong_usage_is_exit_code_two(words: tuple[str, ...], said: str) -> None:
    with pytest.raises(CommandError, match=re.escape(said)):
        call_command("rules", *words, stdout=StringIO())


@pytest.mark.postgres
@pytest.mark.parametrize("words", [("matrix",), ("test",), ("history",)])
def test_a_database_that_is_away_is_no_answer(words: tuple[str, ...]) -> None:
    """The files might not be what is in force."""
    code, out, err = _shell(*words, "--json", DATABASE_URL="postgres://nobody@127.0.0.1:1/nothing")
    assert code == 2, err
    assert json.loads(out)["error"].startswith("the database does not answer")


def test_the_books_are_checked_without_a_database() -> None:
    code, out, err = _shell("check", "--json", DATABASE_URL="postgres://nobody@127.0.0.1:1/nothing")
    assert (code, json.loads(out)["errors"]) == (0, []), err


def test_a_book_that_cannot_be_opened_is_no_answer(folder: Path) -> None:
    (folder / "lost.toml").mkdir()
    out = StringIO()
    with pytest.raises(CommandError, match="Is a directory") as failed:
        call_command("rules", "check", "--json", stdout=out)
    assert failed.value.returncode == 2
    assert "Is a directory" in json.loads(out.getvalue())["error"]


def test_whoever_reads_the_beginning_only_gets_no_complaint() -> None:
    """As `gradus rules check | true`."""
    known = {**os.environ, **DEV}
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as out:
        command = [sys.executable, "-m", "gradus.project", "rules", "check"]
        done = subprocess.run(command, stdout=out, stderr=subprocess.PIPE, text=True, env=known, check=False)
    assert (done.returncode, "BrokenPipe" in done.stderr) == (0, False), done.stderr
