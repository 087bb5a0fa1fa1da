"""A small zoo governed by books: a coded machine, and a declared one with two kinds."""

from collections.abc import Callable, Iterator

import pytest

from gradus.accounts.models import User
from gradus.policy import RuleSet, load_texts, machines, using
from gradus.policy.machines import Move
from tests.platform.policy.zoo.models import Animal

CODED = """
model = "zoo.Animal"
title = "Animals"

[fields]
author = "author"
keeper = "keeper"
amount = { path = "amount", type = "money", show = ["instructor"] }
price  = "price"
tame   = "tame"
born   = "born"
friends = "friends"

[conditions.own]
if  = "obj.author == user"
yes = "it is your own animal"
no  = "it is not your animal"

[conditions.small]
if = "obj.amount <= 10000"
no = "the amount is above 100.00"

[permissions.view]
student    = "own"
instructor = "always"

[transitions.submit]
student = "own"

[transitions.approve]
instructor = "obj.keeper == user and small"
admin      = "always"
forbid     = "own"

[transitions.free]
instructor = "obj.tame or user in obj.friends"

[[tests]]
as    = { role = "instructor", is = "keeper" }
given = { state = "submitted", amount = 5000 }
may   = ["view", "approve"]
"""

MOVES = {
    "submit": Move(frozenset({""}), "submitted"),
    "approve": Move(frozenset({"submitted"}), "approved"),
    "free": Move(frozenset({"submitted", "approved"}), "freed"),
}
STATES = {"submitted": "Submitted", "approved": "Approved", "freed": "Freed"}

CAT = """
process = "zoo.cat"
title = "Cats"

[process.fields.fee]
type = "money"
show = ["instructor"]

[process.fields.colour]
type    = "choice"
choices = ["black", "red"]

[process.states]
submitted = "Submitted"
approved  = { label = "Approved", tone = "success" }

[fields]
author = "author"

[permissions.view]
student = "obj.author == user"
instructor = "always"

[transitions.submit]
from    = [""]
to      = "submitted"
student = "obj.author == user"

[transitions.approve]
from       = ["submitted"]
to         = "approved"
label      = "Approve the cat"
ask        = { note = { type = "text", required = true } }
instructor = "obj.fee <= 10000 and obj.colour == 'black'"
forbid     = "obj.author == user"
"""

DOG = (
    CAT.replace("zoo.cat", "zoo.dog")
    .replace("Cats", "Dogs")
    .replace("obj.fee <= 10000 and obj.colour == 'black'", "always")
)


@pytest.fixture
def coded() -> Iterator[RuleSet]:
    machines.register(Animal, moves=MOVES, states=STATES)
    try:
        with using(load_texts({"animals.toml": CODED})) as ruleset:
            yield ruleset
    finally:
        machines.unregister(Animal)


@pytest.fixture
def declared() -> Iterator[RuleSet]:
    machines.register(Animal, kind_field="kind")
    try:
        with using(load_texts({"zoo/cat.toml": CAT, "zoo/dog.toml": DOG})) as ruleset:
            yield ruleset
    finally:
        machines.unregister(Animal)


MakeAnimal = Callable[..., Animal]


@pytest.fixture
def make_animal(student: User) -> MakeAnimal:
    from django.utils import timezone

    def make(**values: object) -> Animal:
        return Animal.objects.create(**{"author": student, "state": "submitted", "seen": timezone.now(), **values})

    return make
