"""Decisions per second: our compiled rules against hand-written Python, and other engines where they are installed.

    python benchmarks/decisions.py            # prints a table, writes var/bench/decisions.json

Twenty rules, two roles, one object in memory; every engine answers the same questions and must give the same answers.
The other engines come from benchmarks/requirements.txt (`make bench` installs them). Then the doors that the platform
itself uses, which find the person's role, the book and the state before they ask the compiled rule, on requests of
the academy; a refusal by `decide` also says why.
"""

import os
import site
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from operator import attrgetter
from statistics import median
from typing import Any

from support.academy import ROOT
from support.results import keep

from gradus.policy import tree
from gradus.policy.evaluate import Check, compile_check
from gradus.policy.language import parse
from gradus.policy.normal import normalise

NOW = datetime(2026, 3, 1, tzinfo=UTC)
SECONDS, ROUNDS = 0.4, 5


@dataclass(slots=True)
class Person:
    pk: int


@dataclass(slots=True)
class Thing:
    author_id: int
    reviewer_id: int | None
    amount: int
    state: str
    topic: str
    since: datetime


FIELDS: dict[str, tree.Field] = {
    "author": tree.Field("author", "ref", "author", attrgetter("author_id"), to="accounts.User"),
    "reviewer": tree.Field("reviewer", "ref", "reviewer", attrgetter("reviewer_id"), to="accounts.User"),
    "amount": tree.Field("amount", "whole", "amount", attrgetter("amount")),
    "state": tree.Field("state", "text", "state", attrgetter("state")),
    "topic": tree.Field("topic", "text", "topic", attrgetter("topic")),
    "since": tree.Field("since", "moment", "since", attrgetter("since")),
}
Question = Callable[[Thing, Person, datetime], bool]
# The condition of each shape, as a rule and as somebody would write it by hand.
SHAPES: tuple[tuple[str, Question], ...] = (
    ("obj.author == user", lambda o, u, _n: o.author_id == u.pk),
    (
        "obj.reviewer == user and obj.amount <= 10000",
        lambda o, u, _n: o.reviewer_id == u.pk and o.amount <= 10000,
    ),
    (
        "obj.author != user and obj.state == 'submitted'",
        lambda o, u, _n: o.author_id != u.pk and o.state == "submitted",
    ),
    (
        "obj.topic in ['law', 'tax'] or obj.amount < 500",
        lambda o, _u, _n: o.topic in {"law", "tax"} or o.amount < 500,
    ),
    (
        "obj.state == 'submitted' and (obj.reviewer is None or obj.reviewer == user) and now - obj.since < days(30)",
        lambda o, u, n: (
            o.state == "submitted" and (o.reviewer_id is None or o.reviewer_id == u.pk) and n - o.since < timedelta(30)
        ),
    ),
)
RULES = [f"r{number}" for number in range(20)]


class Names:
    """The scope of the rules: nothing but the fields above."""

    def field(self, name: str) -> tree.Field:
        return FIELDS[name]

    def fact(self, name: str) -> tree.Fact:
        raise LookupError(name)

    def condition(self, name: str) -> tree.Node:
        raise LookupError(name)


def questions() -> list[tuple[str, Thing, Person]]:
    """A fixed round of questions over all rules, with as many yes as no."""
    things = [
        Thing(1, 2, 5000, "submitted", "law", NOW - timedelta(days=3)),
        Thing(2, None, 20000, "submitted", "art", NOW - timedelta(days=60)),
        Thing(3, 1, 100, "approved", "tax", NOW),
    ]
    return [(rule, thing, Person(pk)) for rule in RULES for thing in things for pk in (1, 2)]


def plain(asked: list[tuple[str, Thing, Person]]) -> Callable[[], list[bool]]:
    book = {rule: SHAPES[number % len(SHAPES)][1] for number, rule in enumerate(RULES)}
    return lambda: [book[rule](thing, person, NOW) for rule, thing, person in asked]


def ours(asked: list[tuple[str, Thing, Person]]) -> Callable[[], list[bool]]:
    def compiled(text: str) -> Check:
        return compile_check(normalise(parse(text, Names())))

    book = {rule: compiled(SHAPES[number % len(SHAPES)][0]) for number, rule in enumerate(RULES)}
    return lambda: [book[rule](thing, person.pk, person, NOW) for rule, thing, person in asked]


def cel_rust(asked: list[tuple[str, Thing, Person]]) -> Callable[[], list[bool]]:
    import cel

    texts = (
        "author == user",
        "reviewer == user && amount <= 10000",
        "author != user && state == 'submitted'",
        "topic in ['law', 'tax'] || amount < 500",
        "state == 'submitted' && (reviewer == null || reviewer == user) && age < 2592000",
    )
    book = {rule: cel.compile(texts[number % len(texts)]) for number, rule in enumerate(RULES)}
    return lambda: [bool(book[rule].execute(_flat(thing, person))) for rule, thing, person in asked]


def casbin(asked: list[tuple[str, Thing, Person]]) -> Callable[[], list[bool]]:
    import casbin

    model = casbin.Model()
    model.add_def("r", "r", "sub, obj, act")
    model.add_def("p", "p", "act, rule")
    model.add_def("e", "e", "some(where (p.eft == allow))")
    model.add_def("m", "m", "r.act == p.act && eval(p.rule)")
    enforcer = casbin.Enforcer(model)
    texts = (
        "r.obj.author == r.sub",
        "r.obj.reviewer == r.sub && r.obj.amount <= 10000",
        "r.obj.author != r.sub && r.obj.state == 'submitted'",
        "r.obj.topic == 'law' || r.obj.topic == 'tax' || r.obj.amount < 500",
        "r.obj.state == 'submitted' && (r.obj.reviewer == 0 || r.obj.reviewer == r.sub) && r.obj.age < 2592000",
    )
    for number, rule in enumerate(RULES):
        enforcer.add_policy(rule, texts[number % len(texts)])
    shown = [(rule, _Flat(thing, person), person.pk) for rule, thing, person in asked]
    return lambda: [bool(enforcer.enforce(pk, thing, rule)) for rule, thing, pk in shown]


def oso(asked: list[tuple[str, Thing, Person]]) -> Callable[[], list[bool]]:
    from oso import Oso

    engine = Oso()
    engine.register_class(_Flat)
    texts = (
        "o.author = _u",
        "o.reviewer = _u and o.amount <= 10000",
        'o.author != _u and o.state = "submitted"',
        'o.topic in ["law", "tax"] or o.amount < 500',
        'o.state = "submitted" and (o.reviewer = 0 or o.reviewer = _u) and o.age < 2592000',
    )
    engine.load_str(
        "\n".join(
            f'allow(_u, "{rule}", o: _Flat) if {texts[number % len(texts)]};' for number, rule in enumerate(RULES)
        )
    )
    shown = [(rule, _Flat(thing, person), person.pk) for rule, thing, person in asked]
    return lambda: [engine.is_allowed(pk, rule, thing) for rule, thing, pk in shown]


def cedar(asked: list[tuple[str, Thing, Person]]) -> Callable[[], list[bool]]:
    import cedarpy

    texts = (
        "context.author == context.user",
        "context.reviewer == context.user && context.amount <= 10000",
        'context.author != context.user && context.state == "submitted"',
        '["law", "tax"].contains(context.topic) || context.amount < 500',
        (
            'context.state == "submitted" && (context.reviewer == 0 || context.reviewer == context.user)'
            " && context.age < 2592000"
        ),
    )
    policies = "\n".join(
        f'permit(principal, action == Action::"{rule}", resource) when {{ {texts[number % len(texts)]} }};'
        for number, rule in enumerate(RULES)
    )

    parsed, entities = cedarpy.PolicySet.from_str(policies), cedarpy.Entities.from_json_str("[]")

    def ask(rule: str, thing: Thing, person: Person) -> bool:
        request = {
            "principal": 'User::"1"',
            "action": f'Action::"{rule}"',
            "resource": 'Thing::"1"',
            "context": _flat(thing, person, nobody=0),
        }
        return bool(cedarpy.is_authorized(request, parsed, entities).allowed)

    return lambda: [ask(rule, thing, person) for rule, thing, person in asked]


class _Flat:
    def __init__(self, thing: Thing, person: Person) -> None:
        self.__dict__.update(_flat(thing, person, nobody=0))


def _flat(thing: Thing, person: Person, *, nobody: int | None = None) -> dict[str, Any]:
    return {
        "author": thing.author_id,
        "reviewer": nobody if thing.reviewer_id is None else thing.reviewer_id,
        "amount": thing.amount,
        "state": thing.state,
        "topic": thing.topic,
        "age": int((NOW - thing.since).total_seconds()),
        "user": person.pk,
    }


ENGINES: dict[str, tuple[str, Callable[[list[tuple[str, Thing, Person]]], Callable[[], list[bool]]]]] = {
    "plain Python": ("", plain),
    "gradus, compiled": ("", ours),
    "CEL (Rust)": ("cel", cel_rust),
    "Cedar": ("cedarpy", cedar),
    "Casbin": ("casbin", casbin),
    "Oso": ("oso", oso),
}


def rate(run: Callable[[], list[bool]], each: int) -> float:
    """Decisions per second, the median of a few rounds."""
    found = []
    for _ in range(ROUNDS):
        done, started = 0, time.perf_counter()
        while time.perf_counter() - started < SECONDS:
            run()
            done += each
        found.append(done / (time.perf_counter() - started))
    return median(found)


def doors() -> dict[str, Callable[[], list[bool]]]:
    """The ways to ask whether an instructor may approve a request: somebody's, and their own."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gradus.project.settings.base")
    import django

    django.setup()
    from gradus import policy
    from gradus.accounts.models import User
    from gradus.accounts.roles import Role
    from workflows.requests.models import Request

    person = User(pk=1, email="one@bench.invalid")
    person._roles = frozenset({Role.INSTRUCTOR})  # noqa: SLF001 - as if read from the database once
    theirs = Request(pk=1, kind="bug", state="submitted", author_id=2)
    own = Request(pk=2, kind="bug", state="submitted", author_id=1)
    rule = policy.active().book(Request, "bug").transitions["approve"].rows[Role.INSTRUCTOR].check
    return {
        "its compiled rule": lambda: [rule(theirs, 1, person, NOW)],
        "user.has_perm()": lambda: [person.has_perm("requests.approve_request", theirs)],
        "decide(), allowed": lambda: [policy.decide(person, "approve", theirs, now=NOW).allowed],
        "decide(), refused": lambda: [not policy.decide(person, "approve", own, now=NOW).allowed],
    }


def measure_doors() -> dict[str, float]:
    rates = {}
    for name, run in doors().items():
        if run() != [True]:
            raise SystemExit(f"{name} answers differently")
        rates[name] = rate(run, 1)
        print(f"{name:18} {rates[name]:12,.0f} decisions/s")
    return rates


def main() -> None:
    site.addsitedir(str(ROOT / "var" / "bench" / "engines"))  # last: what Gradus needs itself comes first
    asked = questions()
    expected = plain(asked)()
    rates: dict[str, float] = {}
    for name, (module, make) in ENGINES.items():
        if module and find_spec(module) is None:
            print(f"{name:18} not installed")
            continue
        run = make(asked)
        if run() != expected:
            raise SystemExit(f"{name} answers differently")
        rates[name] = rate(run, len(asked))
        ratio = rates["plain Python"] / rates[name]
        print(f"{name:18} {rates[name]:12,.0f} decisions/s  {ratio:8.2f}x the time of plain Python")
    print()
    asked_of = {"rules": len(RULES), "yes": sum(expected), "of": len(expected)}
    keep("decisions", {**asked_of, "rates": rates, "doors": measure_doors()})


if __name__ == "__main__":
    main()
