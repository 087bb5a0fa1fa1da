"""Who never opens a chart does not pay for pandas."""

import subprocess
import sys

import pytest

HEAVY = ("pandas", "numpy", "plotly")
START = """
import sys
import django
django.setup()
import gradus.project.asgi
from django.urls import get_resolver
from django.contrib.staticfiles import finders
get_resolver().url_patterns
assert finders.find("plotly/plotly.min.js")
print(*[name for name in {heavy!r} if name in sys.modules])
"""


@pytest.fixture(scope="module")
def loaded() -> list[str]:
    script = [sys.executable, "-c", START.format(heavy=HEAVY)]
    return subprocess.run(script, check=True, capture_output=True, text=True).stdout.split()


def test_neither_starting_nor_routing_imports_pandas_or_plotly(loaded: list[str]) -> None:
    assert loaded == []
