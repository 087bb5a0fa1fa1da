"""Every dependency says what it is for."""

import re
import tomllib

import pytest

from gradus.project.paths import CHECKOUT

PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
NEEDED = [*PROJECT["dependencies"], *(line for extra in PROJECT["optional-dependencies"].values() for line in extra)]
NAMES = sorted({re.split(r"[\[<>=!~; ]", line)[0] for line in NEEDED})
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (CHECKOUT / "docs" / "dependencies.md").read_text().splitlines()
    if line.startswith("|")
]
EXPLAINED = {name: row[1:] for row in ROWS for name in re.split(r",\s*", row[0])}


@pytest.mark.parametrize("name", NAMES)
def test_a_dependency_has_a_line_that_says_what_for_and_what_else(name: str) -> None:
    assert name in EXPLAINED, f"{name} has no line in docs/dependencies.md"
    assert all(len(cell) > 3 for cell in EXPLAINED[name]), "a dash says nothing"


def test_nothing_is_explained_that_is_not_needed() -> None:
    assert EXPLAINED.keys() - NAMES == {"package", "---"}
