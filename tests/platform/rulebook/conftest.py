"""Publishing in a test: what it puts in force ends with it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest

from gradus.policy.ruleset import active, using
from gradus.rulebook import live, store

REFUND = "requests/refund.toml"
WHO_MAY = 'instructor = "free"\nadmin      = "free"\nforbid     = "own"\n'
APPROVED = 'then       = [{ notify = "author", template = "requests/approved" }]'
Commit = Callable[..., AbstractContextManager[Any]]


@pytest.fixture
def in_force(db: None) -> Iterator[None]:
    """What is in force in this process is put back, whatever the test publishes."""
    with using(active()):
        yield
    live._number = 0


@pytest.fixture
def refund() -> str:
    """The text of the refund book."""
    return store.files()[REFUND]


@pytest.fixture
def stricter(refund: str) -> str:
    """Only administrators approve refunds; its tests say so too."""
    rows = WHO_MAY + APPROVED
    assert rows in refund
    fewer = refund.replace(rows, rows.replace('instructor = "free"\n', ""), 1)
    instructors = '["view", "claim", "approve", "reject"]'
    fewer = fewer.replace(instructors, instructors.replace('"approve", ', ""), 1)
    return fewer.replace('["view", "release", "ask", "approve", "reject"]', '["view", "release", "ask", "reject"]')
