"""An order of flour whose price is not for everybody's eyes, and the administrator who looks."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from gradus import flow, policy
from gradus.accounts.models import User
from tests.platform.flow.conftest import RULES
from tests.platform.flow.mill.models import Order

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


@pytest.fixture
def order(student: User) -> Order:
    with policy.using(flour()):
        return flow.create(Order, "order", by=student, kind="flour", title="For bread", bags=3, price=25_000)


@pytest.fixture
def desk(client: Client, admin: User) -> Client:
    client.force_login(admin)
    return client
