"""Random conditions as text, random rows with gaps, and a reading of the language in the plainest Python there is."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from hypothesis import strategies as st

from gradus.accounts.models import User
from gradus.policy import tree
from tests.platform.policy.zoo.models import Animal, Owner, Passport, Visit

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SPANS = [timedelta(0), timedelta(hours=5), timedelta(days=1)]
DAYS = [date(2026, 2, 28), date(2026, 3, 1), date(2025, 12, 31)]

FIELDS = """
[fields]
author = "author"
keeper = "keeper"
amount = { path = "amount", type = "money", show = ["instructor"] }
size = "size"
price = "price"
word = "word"
tame = "tame"
born = "born"
seen = "seen"
nap = "nap"
due = "due"
chipped = "chipped"
moved_in = "owner.moved_in"
fee = "owner.fee"
rest = "owner.rest"
landlord = "owner.person"
ceiling = "owner.ceiling"
opened = "owner.opened"
owner_name = "owner.name"
grand = "owner.parent.ceiling"
grand_landlord = "owner.parent.person"
holder = "passport.holder"
level = "passport.level"
issued = "passport.issued"
friends = "friends"
visitors = "visits.visitor"
notes = "visits.note"
stays = "visits.lasted"
siblings = "owner.animals"
me = "pk"
owner = "owner"
parent = "owner.parent"

[conditions.own]
if  = "obj.author == user"
yes = "it is yours"
no  = "it is not yours"

[conditions.small]
if = "obj.amount <= 2 or obj.level < obj.size"

[conditions.strange]
if = "not own and (small or obj.holder != obj.keeper)"
no = "it is not strange"
"""
BEGINNING = f"""
[process]
name  = "zoo.cat"
title = "Cats"

[process.fields]
paid   = "number"
colour = "text"
agreed = "flag"
arrived = "date"
left   = "date"
buddy  = "person"
home   = "owner"
second = "owner"

[process.states]
submitted = "Submitted"
approved  = "Approved"

{FIELDS}"""  # of a book about cats, whose rows are random

PEOPLE = ["user", "obj.author", "obj.keeper", "obj.landlord", "obj.holder", "obj.grand_landlord", "obj.buddy"]
NUMBERS = ["obj.amount", "obj.size", "obj.ceiling", "obj.level", "obj.grand", "obj.paid", "user.rank"]
TEXTS = ["obj.word", "obj.owner_name", "obj.colour", "user.nick"]
FLAGS = ["obj.tame", "obj.agreed"]
MOMENTS = ["obj.born", "obj.seen", "obj.opened", "obj.issued", "now", "user.since"]
DATES = ["obj.due", "obj.chipped", "obj.moved_in"]
ANSWERED_DATES = ["obj.arrived", "obj.left"]
DECIMALS = ["obj.price", "obj.fee"]
DURATIONS = ["obj.nap", "obj.rest"]
OWNERS = ["obj.owner", "obj.parent", "obj.home", "obj.second"]
MANY = {
    "obj.friends": PEOPLE,
    "obj.visitors": PEOPLE,
    "obj.notes": TEXTS,
    "obj.stays": DURATIONS,
    "user.words": TEXTS,
    "obj.siblings": ["obj.me"],
}
NAMED = ["own", "small", "strange", "always", "never", "obj.state == 'submitted'"]
NAMED += ["is_round", "befriended", "other_word", "somebody"]  # terms
EVERY_ORDER = ["==", "!=", "<", "<=", ">", ">="]

words = st.sampled_from(["'a'", "'b'", "''"])
numbers = st.integers(-1, 4).map(str)
spans = st.sampled_from(["days(1)", "hours(36)", "days(3)", "seconds(0)"])
order, equality = st.sampled_from(EVERY_ORDER), st.sampled_from(["==", "!="])
moment = st.one_of(
    st.sampled_from(MOMENTS), st.tuples(st.sampled_from(MOMENTS), st.sampled_from("+-"), spans).map(" ".join)
)


def _pair(names: list[str], ops: Any, other: Any) -> Any:
    return st.tuples(st.sampled_from(names), ops, st.one_of(st.sampled_from(names), other)).map(" ".join)


def _turned(pair: Any) -> Any:
    """Sometimes with the literal first."""
    return st.tuples(pair, st.booleans()).map(lambda found: " ".join(found[0].split()[:: -1 if found[1] else 1]))


def _listed(names: list[str], item: Any) -> Any:
    values = st.lists(item, min_size=1, max_size=3).map(lambda found: f"[{', '.join(found)}]")
    return st.tuples(st.sampled_from(names), st.sampled_from(["in", "not in"]), values).map(" ".join)


leaves = st.one_of(
    _pair(PEOPLE, equality, st.just("user")),
    _pair(OWNERS, equality, st.nothing()),
    _turned(_pair(NUMBERS, order, numbers)),
    _turned(_pair(TEXTS, equality, words)),
    _pair(FLAGS, equality, st.sampled_from(["true", "false"])),
    st.sampled_from(FLAGS),
    st.tuples(moment, order, moment).map(" ".join),
    st.tuples(st.sampled_from(MOMENTS[:4]), order, spans).map(lambda found: f"now - {found[0]} {found[1]} {found[2]}"),
    st.tuples(spans, order, st.sampled_from(MOMENTS[:4])).map(lambda found: f"{found[0]} {found[1]} now - {found[2]}"),
    _turned(_pair(DURATIONS, order, spans)),
    _listed(DURATIONS, spans),
    _pair(DATES, order, st.nothing()),
    _pair(ANSWERED_DATES, order, st.nothing()),
    _turned(_pair(DECIMALS, order, st.sampled_from(["0.5", "1", "2.25", "-1"]))),
    _turned(st.tuples(st.sampled_from(DECIMALS), order, st.sampled_from(NUMBERS)).map(" ".join)),
    _listed(DECIMALS, st.sampled_from(["0.5", "2", "2.25"])),
    _listed(NUMBERS, numbers),
    _listed(TEXTS, words),
    st.sampled_from(list(MANY)).flatmap(
        lambda group: st.tuples(st.sampled_from(MANY[group]), st.sampled_from(["in", "not in"]), st.just(group)).map(
            " ".join
        )
    ),
    st.tuples(
        st.sampled_from(
            PEOPLE + NUMBERS + TEXTS + FLAGS + MOMENTS + DATES + ANSWERED_DATES + DECIMALS + DURATIONS + OWNERS
        ),
        st.sampled_from(["is None", "is not None"]),
    ).map(" ".join),
    st.sampled_from(
        [
            "own",
            "small",
            "strange",
            "is_round",
            "befriended",
            "other_word",
            "somebody",
            "always",
            "never",
            "obj.state == 'submitted'",
        ]
    ),
)
conditions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        inner.map("not ({})".format),
        st.lists(inner, min_size=2, max_size=4).map(lambda parts: f"({' and '.join(parts)})"),
        st.lists(inner, min_size=2, max_size=4).map(lambda parts: f"({' or '.join(parts)})"),
    ),
    max_leaves=8,
).filter(lambda text: len(text) <= 1000)

OPS = {"eq": eq, "ne": ne, "lt": lt, "le": le, "gt": gt, "ge": ge}


def plainly(node: tree.Node, obj: Any, user: Any, seen: Counter[str]) -> bool:  # noqa: C901 - one case per form
    """What RULES.md says a condition means, read straight from the tree; `seen` counts what it met."""
    uid = user.pk if user else None

    def value(operand: Any) -> Any:
        match operand:
            case tree.Const(found):
                return found
            case tree.Person():
                return uid
            case tree.Now():
                return NOW
            case tree.Field():
                return operand.read(obj)
            case tree.Fact():
                return operand.read(user) if user else None
            case tree.Shift(of, by):
                return None if (found := value(of)) is None else found + by
        return operand

    match node:
        case tree.Truth(found):
            return found
        case tree.Named(node=inner):
            return plainly(inner, obj, user, seen)
        case tree.Not(inner):
            return not plainly(inner, obj, user, seen)
        case tree.And(nodes):
            return all(plainly(inner, obj, user, seen) for inner in nodes)
        case tree.Or(nodes):
            return any(plainly(inner, obj, user, seen) for inner in nodes)
        case tree.Compare(op, left, right):
            one, two = value(left), value(right)
            seen.update(_met(left, one, right, two))
            return op == "ne" if one is None or two is None else bool(OPS[op](one, two))
        case tree.OneOf(left, values, negated) | tree.Holds(values, left, negated):
            item, group = value(left), value(values) or ()
            seen["to-many" if isinstance(values, tree.Field) else "listed"] += 1
            seen["missing among many"] += isinstance(values, tree.Field) and item is None
            seen["duration"] += _is_duration(left)
            return (item is not None and item in group) != negated
        case tree.Missing(of, negated):
            return (value(of) is None) != negated
        case tree.Term(test=test, negated=negated):
            seen["term"] += 1
            return test(user, obj) != negated
    raise TypeError(node)


def _met(left: Any, one: Any, right: Any, two: Any) -> Iterator[str]:
    """What kind of comparison this was, of which values."""
    if one is None or two is None:
        yield "missing on both sides" if one is two else "missing left" if one is None else "missing right"
    if _is_duration(left) or isinstance(left, tree.Shift) or isinstance(right, tree.Shift):
        yield "duration"


def _is_duration(operand: Any) -> bool:
    return getattr(operand, "kind", "") == "duration"


def fill(people: list[User], count: int) -> None:
    """Rows with every gap: absent owners, passports, people, numbers, moments, answers of the wrong type."""
    pick = random.Random(7)

    def maybe(*values: Any) -> Any:
        return pick.choice([None, *values])

    def when() -> datetime:
        return NOW + timedelta(hours=12 * pick.randint(-8, 4))

    owners: list[Owner | None] = [None]
    for _ in range(12):
        owners.append(
            Owner.objects.create(
                name=maybe("a", "b"),
                person=maybe(*people),
                ceiling=maybe(0, 1, 2, 3),
                opened=maybe(when(), when()),
                moved_in=maybe(*DAYS),
                fee=maybe(Decimal("0.5"), Decimal("2.25"), Decimal(2), Decimal("-0.001")),
                parent=pick.choice(owners),
                rest=maybe(*SPANS),
            )
        )
    for _ in range(count):
        animal = Animal.objects.create(
            state=pick.choice(["", "submitted", "submitted", "approved"]), author=pick.choice(people),
            keeper=maybe(*people), owner=pick.choice(owners), amount=maybe(0, 1, 2, 3), size=pick.randint(0, 3),
            price=maybe(Decimal("0.50"), Decimal("2.25"), Decimal(2)), due=maybe(*DAYS), chipped=maybe(*DAYS),
            word=maybe("", "a", "b"), tame=maybe(True, False),
            born=maybe(when(), when()), seen=when(), nap=maybe(*SPANS),
            answers=_answers(pick, people, owners), kind="cat",
        )  # fmt: skip
        animal.friends.set(pick.sample(people, pick.randint(0, 2)))
        if pick.random() < 0.6:
            Passport.objects.create(
                animal=animal, holder=maybe(*people), level=maybe(0, 1, 2), issued=maybe(when(), when())
            )
        for _visit in range(pick.randint(0, 2)):
            Visit.objects.create(animal=animal, visitor=maybe(*people), note=maybe("a", "b"), lasted=maybe(*SPANS))


def _answers(pick: random.Random, people: list[User], owners: list[Owner | None]) -> Any:
    there = [owner.pk for owner in owners[:6] if owner is not None]
    found = {
        "home": pick.choice([None, *there, *there, 987_654_321, "1", True]),  # the last but two is gone
        "second": pick.choice([None, *there, [there[0]]]),
        "paid": pick.choice([None, 0, 1, 2, 3, "2", True, [1]]),
        "colour": pick.choice([None, "a", "b", "", 7, False]),
        "agreed": pick.choice([None, True, False, "yes", 1]),
        "arrived": pick.choice([None, "2026-02-28", "2026-03-01", "2025-12-31", 20260301, True]),
        "left": pick.choice([None, "2026-02-28", "2026-03-01", ["2026-03-01"]]),
        "buddy": pick.choice([None, *(person.pk for person in people), "x"]),
    }
    kept = {key: value for key, value in found.items() if pick.random() < 0.8}
    return pick.choice([kept, kept, kept, kept, {}, None, []])
