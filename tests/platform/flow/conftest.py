from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gradus import flow, policy
from gradus.accounts.models import User
from tests.platform.flow.mill.models import Mill, Order, Stone

RULES = Path(__file__).parent / "rules"
Ordering = Callable[..., Order]


@pytest.fixture(autouse=True)
def mill_rules() -> Iterator[policy.RuleSet]:
    with policy.using(policy.load(RULES)) as ruleset:
        yield ruleset


@pytest.fixture
def mill(instructor: User) -> Mill:
    return Mill.objects.create(name="Upper mill", owner=instructor)


@pytest.fixture
def stone(mill: Mill, student: User) -> Stone:
    return flow.create(Stone, "set_up", by=student, mill=mill)


@pytest.fixture
def order(student: User) -> Order:
    return flow.create(Order, "order", by=student, kind="flour", title="For bread", bags=3)
