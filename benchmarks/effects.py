"""What a change of a whole matrix does: rows gained and lost by ten rules for five roles, counted over a million rows.

    python benchmarks/effects.py              # prints seconds, writes var/bench/effects.json

Every kind of request gets such a matrix, so fifty changed cells are asked of each of the million rows, for 2,000
students, 40 instructors and 20 of each other role, who are no longer that afterwards. `statement` is the one that
counts. `loop` is what one pass of plain arithmetic over as many numbers takes this machine in Python, and `scan` what
PostgreSQL takes to read the table once: what the figures can be compared by.
"""

import json
import time
from typing import Any

from support import academy
from support.results import keep, machine

RULES = 10
ROLES = ("student", "instructor", "editor", "analyst", "admin")
KINDS = ("bug", "feature", "refund", "track_change")
HEAD = """
[process]
name  = "requests.{kind}"
title = "Requests"

[process.fields.amount]
type = "money"

[process.states]
submitted    = "Submitted"
in_review    = "In review"
needs_answer = "Needs an answer"
approved     = "Approved"
rejected     = "Rejected"
withdrawn    = "Withdrawn"
completed    = "Completed"

[fields]
author   = "author"
reviewer = "claimed_by"
previous = "claimed_before_by"
claimed  = "claimed_at"
since    = "state_since"

[conditions.own]
if = "obj.author == user"

[conditions.mine]
if = "obj.reviewer == user"

[conditions.free]
if = "obj.reviewer is None or mine"

[conditions.stale]
if = "now - obj.since >= days({days})"
"""
CONDITIONS = ("own", "mine", "free", "stale and not mine", "free and not own and not stale")
STATES = ("submitted", "in_review", "needs_answer", "approved", "completed")


def matrix(kind: str, *, days: int, turn: int) -> str:
    """Ten transitions whose cells all differ between one turn and the next."""
    text = [HEAD.format(kind=kind, days=days)]
    for rule in range(RULES):
        sources = ", ".join(f'"{STATES[(rule + step) % 5]}"' for step in range(1 + rule % 3))
        text.append(f'[transitions.rule_{rule}]\nfrom = [{sources}]\nto = "approved"\nforbid = "own"')
        for number, role in enumerate(ROLES):
            text.append(f'{role} = "{CONDITIONS[(rule + number + turn) % 5]} or obj.amount == {turn}"')
    return "\n".join(text)


def timed(run: Any) -> tuple[float, Any]:
    started = time.perf_counter()
    found = run()
    return round(time.perf_counter() - started, 2), found


def appoint() -> None:
    """Twenty bench people each of the roles that a new academy hardly fills."""
    from django.contrib.auth.models import Group

    from gradus.accounts.models import User

    people = User.objects.filter(email__startswith="bench-").order_by("-pk")
    for number, role in enumerate(ROLES[2:]):
        Group.objects.get(name=role).user_set.add(*people[20 * number : 20 * number + 20])


def loop(numbers: int) -> int:
    return sum(number * number % 7 for number in range(numbers))


def main() -> None:
    academy.prepare()
    from django.db import connection, transaction
    from django.test.utils import CaptureQueriesContext

    from gradus import policy
    from gradus.rulebook.effects import effects
    from workflows.requests.models import Request

    policy.active()  # finds the terms of the apps
    before, after = (
        policy.load_texts({f"{kind}.toml": matrix(kind, days=days, turn=turn) for kind in KINDS})
        for days, turn in ((20, 0), (30, 1))
    )
    scan, rows = timed(lambda: Request.objects.exclude(text="").count())
    runs = []
    with transaction.atomic():
        appoint()
        for _ in range(3):
            with CaptureQueriesContext(connection) as asked:
                runs.append(timed(lambda: effects(before, after)))
        transaction.set_rollback(True)
    statement = max(asked.captured_queries, key=lambda query: float(query["time"]))
    found = runs[-1][1]
    figures = {
        "rows": rows, "cells": len(found), "cells_with_rows": sum(bool(each.gained or each.lost) for each in found),
        "gained": sum(each.gained for each in found), "lost": sum(each.lost for each in found),
        "estimated": sum(each.estimated for each in found), "queries": len(asked),
        "seconds": min(seconds for seconds, _found in runs), "each": [seconds for seconds, _found in runs],
        "statement_seconds": float(statement["time"]), "scan_seconds": scan,
        "loop_seconds": timed(lambda: loop(rows))[0],
    }  # fmt: skip
    if len(found) != len(KINDS) * RULES * len(ROLES) or figures["estimated"]:
        raise SystemExit(f"{len(found)} cells were asked, {figures['estimated']} of them of some people only")
    print(json.dumps({**figures, "load": machine()["load"]}, indent=1))
    keep("effects", figures)


if __name__ == "__main__":
    main()
