"""Publishing in a test, which ends with it; an order of flour whose price is not for everybody's eyes."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from gradus import flow, policy
from gradus.accounts.models import User
from gradus.policy.ruleset import active, using
from gradus.rulebook import live, store
from tests.platform.flow.conftest import RULES
from tests.platform.flow.mill.models import Order
from workflows.requests.models import Request

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


DEAR = "250"  # what the price of 25,000 cents is written with
FLOUR = (
    (RULES / "flour.toml")
    .read_text()
    .replace('label = "Price"', 'label = "Price"\nshow  = ["instructor"]')
    .replace("[conditions.small]", '[conditions.cheap]\nif = "obj.price <= 10000"\n\n[conditions.small]')
    .replace('instructor = "small"', 'instructor = "cheap and obj.reviewer is None"')
)


def flour(*changes: tuple[str, str]) -> policy.RuleSet:
    """The book of flour with parts of its text exchanged."""
    text = FLOUR
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    return policy.load_texts({"flour.toml": text})


def orders(student: User, count: int) -> list[Order]:
    """So many at once, past every limit, each approved a day after."""
    now = timezone.now()
    steps = (
        flow.Happened("order", at=now - timedelta(days=2), by=student),
        flow.Happened("approve", at=now - timedelta(days=1)),
    )
    values = {"title": "Oats", "author": student, "bags": 1}
    return flow.backfill(Order, [flow.Past(values, steps[: 1 + number % 2], kind="flour") for number in range(count)])


def filed(student: User, title: str = "Twice") -> Request:
    answers = {"amount": 4990, "reason": "unused", "title": title, "text": "Charged twice."}
    return flow.create(Request, "submit", by=student, kind="refund", **answers)


@pytest.fixture
def order(student: User) -> Order:
    with policy.using(flour()):
        return flow.create(Order, "order", by=student, kind="flour", title="For bread", bags=3, price=25_000)


@pytest.fixture
def desk(client: Client, admin: User) -> Client:
    client.force_login(admin)
    return client
