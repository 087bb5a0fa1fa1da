"""Many rows are written again at once, and only the fields that were named."""

from datetime import UTC, datetime

import pytest
from django.db import transaction

from gradus import flow
from gradus.accounts.models import User
from gradus.core import bulk
from tests.platform.flow.mill.models import Order

AT = datetime(2026, 2, 3, 4, 5, tzinfo=UTC)
pytestmark = [pytest.mark.both_databases, pytest.mark.django_db, pytest.mark.usefixtures("mill_rules")]


def orders(student: User) -> list[Order]:
    steps = (flow.Happened("order", at=AT, by=student),)
    values = {"author": student, "title": "Bread", "bags": 3}
    return flow.backfill(Order, [flow.Past(values, steps, kind="flour") for _ in range(5)])


def test_what_is_named_is_written_and_nothing_else(student: User) -> None:
    *some, other = orders(student)
    odd = {"words": 'tab\t, "quote", back\\slash\nline', "none": None, "list": [1, "é"]}
    for number, order in enumerate(some):
        order.answers, order.version, order.state_since, order.title = (
            {**odd, "n": number},
            7 + number,
            AT,
            "Not written",
        )
    for _twice in range(2):
        with transaction.atomic():
            bulk.update(Order, some, ["answers", "version", "state_since"])
    for number, order in enumerate(some):
        now = Order.objects.get(pk=order.pk)
        assert (now.answers, now.version, now.title) == ({**odd, "n": number}, 7 + number, "Bread")
    assert Order.objects.get(pk=other.pk).version == 1
