"""docs/settings.md names every variable of the environment, and settings read the environment one way only."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gradus.project.paths import CHECKOUT

PAGE = CHECKOUT / "docs" / "settings.md"
PRINT = """
import dataclasses, importlib, json, sys
importlib.import_module(f"gradus.project.settings.{sys.argv[1]}")
from gradus.project.environment import VARIABLES
print(json.dumps({name: dataclasses.asdict(found) for name, found in VARIABLES.items()}))
"""
PRODUCTION = {"GRADUS_SECRET_KEY": "k" * 60, "PAYMENTS_MODE": "off", "GRADUS_URL": "https://academy.example"}
Variables = dict[str, dict[str, str]]


def variables(settings: str) -> Variables:
    """What these settings read, found in a process of its own with nothing set that they do not need."""
    needed = {"PATH": os.environ["PATH"]} | (PRODUCTION if settings == "production" else {})
    ran = subprocess.run(
        [sys.executable, "-c", PRINT, settings], env=needed, cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    found: Variables = json.loads(ran.stdout)
    return found


def row(name: str, shared: Variables, production: Variables) -> str:
    known = shared.get(name) or production[name]
    kept, strict = (_default(found[name]["default"]) if name in found else "" for found in (shared, production))
    other = f" (production: {strict})" if strict and strict != kept else ""
    return f"| `{name}` | {known['kind'].replace('|', 'or')} | {kept}{other} | {known['help']} |"


def _default(value: str) -> str:
    return f"`{value.replace(f'{CHECKOUT}/', '')}`" if value else "none"


def test_every_variable_is_documented() -> None:
    shared, production = variables("test") | variables("dev"), variables("production")
    expected = [row(name, shared, production) for name in sorted(shared | production)]
    documented = [line for line in PAGE.read_text().splitlines() if line.startswith("| `")]
    assert documented == expected, "docs/settings.md should have these rows:\n" + "\n".join(expected)


def _reads_environment(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr in {"environ", "getenv", "environb"}
    return (
        isinstance(node, ast.ImportFrom)
        and node.module == "os"
        and any(a.name in {"environ", "getenv"} for a in node.names)
    )


# What they set is for the programs they start, or which settings to load at all.
PROJECT = ("environment.py", "cli.py", "asgi.py", "wsgi.py", "bootstrap.py")
MAY = {*(f"platform/gradus/project/{name}" for name in PROJECT), "platform/gradus/core/backup/databases.py"}


@pytest.mark.parametrize("folder", ["platform/gradus", "workflows", "cms", "analytics"])
def test_the_environment_is_read_through_the_typed_readers_only(folder: str) -> None:
    stray = [
        f"{path.relative_to(CHECKOUT)}:{getattr(node, 'lineno', '?')}"
        for path in sorted((CHECKOUT / folder).rglob("*.py"))
        if path.relative_to(CHECKOUT).as_posix() not in MAY
        for node in ast.walk(ast.parse(path.read_text()))
        if _reads_environment(node)
    ]
    assert stray == []


def test_the_search_for_stray_readers_finds_them(tmp_path: Path) -> None:
    for spoilt in ("import os\nos.environ['A']", "import os\nos.getenv('A')", "from os import environ"):
        assert any(_reads_environment(node) for node in ast.walk(ast.parse(spoilt)))
