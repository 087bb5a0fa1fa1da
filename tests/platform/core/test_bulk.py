"""Writing many rows at once leaves what saving each of them would have left."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext_lazy as _

from gradus.accounts.models import User
from gradus.accounts.roles import Role
from gradus.core import bulk
from tests.platform.policy.zoo.models import Animal

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]
MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)
VALUES: list[dict[str, Any]] = [
    {},
    {"answers": {"a": [1, None, "ü\t\n\\"]}, "word": "tab\tline\nback\\slash", "amount": -1, "tame": True},
    {"answers": None, "word": "", "price": Decimal("2.25"), "weight": 0.1, "born": MOMENT, "due": date(2026, 3, 1)},
    {
        "answers": [],
        "word": "\\N",
        "state": Role.STUDENT,
        "kind": _("Text"),
        "nap": timedelta(days=1, seconds=3),
        "price": 2,
    },
]
FIELDS = [field.attname for field in Animal._meta.concrete_fields if not field.primary_key]


def animals(author: User) -> list[Animal]:
    return [Animal(author_id=author.pk, seen=MOMENT, **values) for values in VALUES]


def rows() -> list[tuple[Any, ...]]:
    return list(Animal.objects.order_by("pk").values_list(*FIELDS))


@pytest.fixture
def saved(student: User) -> list[tuple[Any, ...]]:
    for animal in animals(student):
        animal.save()
    found = rows()
    Animal.objects.all().delete()
    return found


def test_inserted_rows_are_what_saving_leaves(student: User, saved: list[tuple[Any, ...]]) -> None:
    bulk.insert(Animal, iter(animals(student)))
    assert rows() == saved


def test_created_rows_know_their_keys(student: User, saved: list[tuple[Any, ...]]) -> None:
    made = bulk.create(Animal, animals(student))
    assert rows() == saved
    assert [animal.pk for animal in made] == list(Animal.objects.order_by("pk").values_list("pk", flat=True))
    made[0].word = "later"
    made[0].save()
    assert Animal.objects.get(pk=made[0].pk).word == "later"
    Animal.objects.create(author=student, seen=MOMENT)
    assert Animal.objects.count() == len(made) + 1, "the next key is free"


def test_nothing_is_written_for_nothing(student: User) -> None:
    assert bulk.create(Animal, []) == []
    bulk.insert(Animal, [])
    assert rows() == []


def test_statements_do_not_grow_with_the_rows(student: User) -> None:
    with CaptureQueriesContext(connection) as few:
        bulk.create(Animal, [Animal(author_id=student.pk, seen=MOMENT) for _each in range(2)])
    with CaptureQueriesContext(connection) as many:
        bulk.create(Animal, [Animal(author_id=student.pk, seen=MOMENT) for _each in range(40)])
    assert len(many) == len(few)
