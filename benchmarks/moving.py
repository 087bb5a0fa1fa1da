"""Moving everything that was filed under an older edition to the newest: 20,000 things, and 200,000.

    python benchmarks/moving.py [HOW MANY ...]     # prints seconds, writes var/bench/moving.json

The requests lie in a PostgreSQL database of their own (`gradus_bench_moving`, emptied at the beginning of each run).
The newer edition renames a state and a field, lacks a field and reads another more strictly, so that every answer is
looked at again. `preview` is the page that says what would be done, `move` doing it batch by batch, as the task of
that page does. `held` is the longest that somebody who decides one of them waits. `scan` is what PostgreSQL takes to
read the same things once, and `calibration` plain Python: what the figures can be compared by. `elsewhere` is the
longest that filing and deciding another thing of the kind has taken meanwhile, on the same two processors.
"""

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
from support import academy
from support.results import keep, machine

NAME = "gradus_bench_moving"
SIZES = (20_000, 200_000)
OLD = """
[process]
name  = "requests.parking"
title = "Parking"

[process.fields]
plate  = { type = "text", required = true }
reason = { type = "long text" }
days   = { type = "number", max = 90 }
until  = { type = "date" }

[process.states]
submitted = "Submitted"
approved  = "Approved"

[fields]
author = "author"

[permissions.view]
admin = "always"

[transitions.submit]
from  = [""]
to    = "submitted"
admin = "always"

[transitions.approve]
from  = ["submitted"]
to    = "approved"
admin = "always"
"""
NEW = (
    OLD.replace('title = "Parking"', 'title = "Parking"\nedition = 2')
    .replace("submitted", "filed")
    .replace("max = 90", "max = 60")
    .replace("plate  =", "number =")
    .replace('until  = { type = "date" }\n', "")
)
ROWS = """
INSERT INTO requests_request (state, version, state_since, created_at, kind, answers, title, text, author_id)
SELECT (ARRAY['submitted', 'submitted', 'approved'])[1 + n %% 3], 1, now(), now(), %s,
       jsonb_build_object('plate', 'AB ' || n, 'reason', repeat('Because. ', 9), 'days', n %% 91,
                          'until', '2026-01-01'),
       'Request ' || n, '', (SELECT min(id) FROM accounts_user)
FROM generate_series(1, %s) n
"""


def people() -> Any:
    from django.contrib.auth.models import Group

    from gradus.accounts.models import User
    from gradus.accounts.roles import Actor, Role

    admin, _made = User.objects.get_or_create(email="bench-1@bench.invalid", defaults={"password": "!"})
    group, _made = Group.objects.get_or_create(name=Role.ADMIN.value)
    admin.groups.add(group)
    return Actor(admin, Role.ADMIN)


def fill(number: int) -> None:
    with psycopg.connect(academy.url(NAME), autocommit=True) as database:
        database.execute("TRUNCATE requests_request, flow_transitionrecord CASCADE")
        database.execute(ROWS, ["parking", number])
        database.execute("VACUUM ANALYZE")


def timed(run: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    found = run()
    return round(time.perf_counter() - started, 2), found


class Colleague(threading.Thread):
    """Files and decides one thing of another kind after the other meanwhile, and knows the longest it took."""

    def __init__(self, actor: Any) -> None:
        super().__init__(daemon=True)
        self.actor, self.over, self.longest, self.decided = actor, threading.Event(), 0.0, 0

    def run(self) -> None:
        from django.db import connection

        from gradus import flow
        from workflows.requests.models import Request

        while not self.over.is_set():
            started = time.perf_counter()
            given = {"number": "AB 1", "title": "Mine", "text": "Please."}
            thing = flow.create(Request, "submit", by=self.actor, kind="parking", **given)
            flow.apply(thing, "approve", by=self.actor)
            self.longest = max(self.longest, time.perf_counter() - started)
            self.decided += 1
            time.sleep(0.05)
        connection.close()


def in_batches(crossing: Any, actor: Any) -> Iterator[tuple[int, float]]:
    """As the task of the pages does it: how many, and how long they were locked."""
    from gradus.flow import moving

    while True:
        seconds, moved = timed(lambda: moving.migrate_next(crossing, by=actor, seen=crossing.versions))
        if moved is None:
            return
        yield moved, seconds


def measured(number: int, actor: Any) -> dict[str, Any]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from gradus.flow.carrying import Crossing
    from gradus.rulebook.crossing.preview import preview
    from workflows.requests.models import Request

    fill(number)
    states = {"submitted": "filed", "approved": "approved"}
    fields = {"plate": "number", "reason": "reason", "days": "days", "until": None}
    crossing = Crossing(Request, "parking", states, fields)
    scan, _rows = timed(lambda: Request.objects.exclude(title="").count())
    shown, seen = timed(lambda: preview(crossing, actor))
    other = Colleague(actor)
    other.start()
    with CaptureQueriesContext(connection) as asked:
        taken, batches = timed(lambda: list(in_batches(crossing, actor)))
    moved = sum(count for count, _seconds in batches)
    other.over.set()
    other.join()
    if not moved == seen.total == number:
        raise SystemExit(f"{moved} of {number} were moved, {seen.total} were looked at")
    return {
        "things": number, "preview": shown, "move": taken, "scan": scan, "queries": len(asked),
        "batches": len(batches), "held": max(seconds for _count, seconds in batches),
        "things_a_second": round(number / taken), "elsewhere": round(other.longest, 3), "decided": other.decided,
    }  # fmt: skip


def main() -> None:
    sizes = tuple(map(int, sys.argv[1:])) or SIZES
    academy.migrate(NAME)
    from gradus import policy

    actor = people()
    with policy.using(policy.load_texts({"requests/parking-1.toml": OLD, "requests/parking.toml": NEW})):
        runs = [measured(number, actor) for number in sizes]
    figures = {"runs": runs}
    if len(runs) > 1:
        first, last = runs[0], runs[-1]
        figures["growth"] = {key: round(last[key] / first[key], 1) for key in ("things", "preview", "move")}
    print(json.dumps({**figures, "load": machine()["load"]}, indent=1))
    keep("moving", figures)


if __name__ == "__main__":
    main()
