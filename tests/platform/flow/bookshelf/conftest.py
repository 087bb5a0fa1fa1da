from collections.abc import Iterator
from pathlib import Path

import pytest

from gradus import policy


@pytest.fixture(autouse=True)
def _rules() -> Iterator[None]:
    with policy.using(policy.load(Path(__file__).parent)):
        yield
