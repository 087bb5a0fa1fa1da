"""What reading rules and saying why not cost: 200 rules compiled from text, and one explanation.

    python benchmarks/rule_language.py    # prints figures, writes var/bench/rule_language.json

Ten books of twenty rows each, all of them different, are read from TOML to the compiled check; then the books of the
academy as they are, with their texts, tests and automations. An explanation is the whole tree of a refusal: an
instructor who would decide on their own request, and one whose request a colleague has claimed. No database is asked.
"""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from support.results import keep, machine

ROUNDS = 15
TARGETS = {"compile_200_rules_ms": 50, "explain_us": 100}
SHAPES = (
    "obj.author == user and obj.amount != {n}",
    "obj.reviewer == user and obj.amount <= {n}",
    "obj.author != user and obj.state == 'submitted' and obj.amount > {n}",
    "obj.topic in ['law', 'tax'] or obj.amount < {n}",
    "obj.state == 'submitted' and (obj.reviewer is None or mine) and now - obj.since < days({n})",
)
ROLES = ("student", "instructor", "editor", "analyst", "admin")
HEAD = """
model = "requests.Request"
[process]
name = "requests.kind{number}"
title = "Kind {number}"
[process.fields]
amount = "money"
topic = {{ type = "choice", choices = ["law", "tax", "art"] }}
[process.states]
submitted = "Submitted"
approved = "Approved"
[fields]
author = "author"
reviewer = "claimed_by"
since = "state_since"
[conditions.own]
if = "obj.author == user"
[conditions.mine]
if = "obj.reviewer == user"
"""


def book(number: int) -> str:
    text = HEAD.format(number=number)
    for step in range(4):
        text += f'[transitions.step{step}]\nfrom = ["submitted"]\nto = "approved"\nforbid = "own"\n'
        for place, role in enumerate(ROLES):
            condition = SHAPES[place].format(n=1 + 100 * number + 10 * step + place)
            text += f'{role} = "{condition}"\n'
    return text


def fastest(run: Callable[[], Any], times: int = 1) -> float:
    """Seconds for one, the fastest of many rounds: the machine belongs to others as well."""
    found = float("inf")
    for _ in range(ROUNDS):
        started = time.perf_counter()
        for _each in range(times):
            run()
        found = min(found, (time.perf_counter() - started) / times)
    return found


def compiling() -> dict[str, float]:
    from django.conf import settings

    from gradus import policy

    made = {f"kind{number}.toml": book(number) for number in range(10)}
    rows = sum(len(rule.rows) for each in policy.load_texts(made).books for rule in each.rules.values())
    if rows != 200:
        raise SystemExit(f"{rows} rules instead of 200")
    folder = Path(settings.RULES_DIR)
    ours = {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*.toml")}
    return {
        "compile_200_rules_ms": round(1000 * fastest(lambda: policy.load_texts(made)), 1),
        "compile_the_academys_books_ms": round(1000 * fastest(lambda: policy.load_texts(ours)), 1),
    }


def explaining() -> dict[str, float]:
    from django.utils import timezone

    from gradus import policy
    from gradus.accounts.models import User
    from gradus.accounts.roles import Role
    from workflows.requests.models import Request

    person, now = User(pk=1, email="one@bench.invalid"), timezone.now()
    person._roles = frozenset({Role.INSTRUCTOR})  # noqa: SLF001 - as if read from the database once
    own = Request(pk=2, kind="bug", state="submitted", author_id=1)
    claimed = Request(pk=3, kind="bug", state="in_review", author_id=2, claimed_by_id=3)
    found = {}
    for name, thing in (("explain_us", claimed), ("explain_forbidden_us", own)):
        if policy.explain(person, "approve", thing, now=now).allowed:
            raise SystemExit("nothing to explain")
        seconds = fastest(lambda thing=thing: policy.explain(person, "approve", thing, now=now), 200)
        found[name] = round(1_000_000 * seconds, 1)
    return found


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gradus.project.settings.base")
    import django

    django.setup()
    from gradus import policy

    policy.active()
    figures = {**compiling(), **explaining()}
    ratios = {name: round(figures[name] / target, 2) for name, target in TARGETS.items()}
    print(json.dumps({**figures, "of_the_target": ratios, **machine()}, indent=1))
    keep("rule_language", {**figures, "of_the_target": ratios})


if __name__ == "__main__":
    main()
