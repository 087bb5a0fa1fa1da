"""What a decision was made on, in a form history can keep."""

import json
from datetime import UTC, datetime
from decimal import Decimal

from gradus.accounts.models import User
from gradus.accounts.roles import SYSTEM
from gradus.policy import RuleSet, facts
from tests.platform.policy.conftest import MakeAnimal

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def test_facts_are_plain_json(coded: RuleSet, make_animal: MakeAnimal, student: User, instructor: User) -> None:
    animal = make_animal(price=Decimal("2.50"), born=NOW, amount=5)
    animal.friends.add(instructor)
    found = json.loads(json.dumps(facts(animal, student, now=NOW)))
    assert found["obj"] == {
        "state": "submitted", "author": student.pk, "keeper": None, "amount": 5, "price": "2.50", "tame": None,
        "born": "2026-03-01T00:00:00+00:00", "friends": [instructor.pk],
    }  # fmt: skip
    assert (found["role"], found["now"]) == ("student", "2026-03-01T00:00:00+00:00")
    assert found["user"]["id"] == student.pk
    assert found["version"] == coded.book("zoo.Animal").version


def test_nobody_has_no_facts(coded: RuleSet, make_animal: MakeAnimal) -> None:
    assert facts(make_animal(), SYSTEM, now=NOW)["user"] == {"id": None}


def test_declared_answers_are_facts(declared: RuleSet, make_animal: MakeAnimal, student: User) -> None:
    found = facts(make_animal(kind="cat", answers={"fee": 7, "colour": 3}), student, now=NOW)
    assert (found["obj"]["fee"], found["obj"]["colour"]) == (7, None)
