"""Two editions of flour, and people's orders under the first."""

from typing import Any

from gradus import flow, policy
from gradus.accounts.models import User
from gradus.flow.carrying import Crossing
from tests.platform.flow.conftest import RULES
from tests.platform.flow.mill.models import Order

FIRST = (RULES / "flour.toml").read_text()
SECOND = (
    FIRST.replace('name  = "mill.flour"', 'name  = "mill.flour"\nedition = 2')
    .replace("ordered  =", "placed  =")
    .replace('"ordered"', '"placed"')
    .replace("approved =", "agreed =")
    .replace('"approved"', '"agreed"')
    .replace("[process.fields.proofs]", "[process.fields.papers]")
    .replace("[process.fields.price]", "[process.fields.budget]")
    .replace("max      = 500", "max      = 50", 1)
    .replace("[conditions.own]", '[process.fields.words]\ntype = "text"\nlabel = "In words"\n\n[conditions.own]', 1)
    + '\n[[automations]]\nid = "hurry"\nafter = "2 days in placed"\ndo = [{ ring = "author", times = 1 }]\n'
    + '\n[[automations]]\nid = "moved"\non = "* -> agreed"\nlive = true\ndo = [{ ring = "author", times = 9 }]\n'
)
STATES = {"ordered": "placed", "approved": "agreed", "rejected": "rejected"}
FIELDS: dict[str, str | None] = {"bags": "bags", "price": "budget", "proofs": "papers"}


def both() -> policy.RuleSet:
    """The rules with both editions in force."""
    others = {path.name: path.read_text() for path in RULES.glob("*.toml") if path.name != "flour.toml"}
    return policy.load_texts({**others, "flour-1.toml": FIRST, "flour.toml": SECOND})


def crossing(**changes: Any) -> Crossing:
    return Crossing(Order, "flour", **{"states": STATES, "fields": FIELDS, **changes})


def ordered(student: User, *bags: int) -> list[Order]:
    """Orders under the first edition; nobody files under it once there is a second."""
    with policy.using(policy.load(RULES)):
        values = {"title": "Bread", "price": 300}
        return [flow.create(Order, "order", by=student, kind="flour", bags=each, **values) for each in bags]
