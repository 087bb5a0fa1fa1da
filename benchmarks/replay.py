"""Deciding a million recorded decisions again, by the books of the academy.

    python benchmarks/replay.py [HOW MANY]    # prints seconds, writes var/bench/replay.json

The records lie in a PostgreSQL database of their own (`gradus_bench_history`, made on the first run and kept). Each is
a copy of one real decision about a request, with the facts that were recorded, other people in it and another moment;
so every verdict is known, and the books in force must not change a single one.
"""

import json
import sys
import time
from datetime import timedelta
from itertools import product
from typing import Any

import psycopg
from psycopg.types.json import Jsonb
from support import academy
from support.results import keep, machine

NAME = "gradus_bench_history"
RECORDS = 1_000_000
TARGET = 30.0
PEOPLE = ((1, None), (2, None), (2, 1), (2, 3))  # author and reviewer; 1 asks
# People keep their relations: whoever was author and asker at once is so in each copy.
ROWS = """
INSERT INTO flow_transitionrecord
  (content_type_id, object_id, process, transition, source, target, version, role, outcome, reasons, note, params,
   rule, book_version, facts, correlation, at)
SELECT %(kind)s, n, made->>'process', made->>'transition', made->>'source', made->>'target', 1, made->>'role',
       made->>'outcome', '[]', '', '{}', '', '',
       jsonb_set(jsonb_set(jsonb_set(jsonb_set(made->'facts',
         '{obj,author}', to_jsonb(10 * (n %% 5000) + (made#>>'{facts,obj,author}')::int)),
         '{obj,reviewer}', coalesce(to_jsonb(10 * (n %% 5000) + (made#>>'{facts,obj,reviewer}')::int), 'null')),
         '{user,id}', to_jsonb(10 * (n %% 5000) + (made#>>'{facts,user,id}')::int)),
         '{obj,pk}', to_jsonb(n)),
       md5(n::text), now() - (%(records)s - n) * interval '31 seconds'
FROM generate_series(1, %(records)s) n, (SELECT %(decisions)s::jsonb AS all_of_them) decisions,
     LATERAL (SELECT all_of_them -> (n %% jsonb_array_length(all_of_them)) AS made) chosen
"""


def decisions() -> list[dict[str, Any]]:
    """Real decisions, allowed and refused, with what would be recorded of them.

    Only those of roles that have a row: who has none is refused without a look at any fact, which would be too easy.
    """
    from django.utils import timezone

    from gradus import policy
    from gradus.accounts.models import User
    from gradus.accounts.roles import Actor
    from gradus.flow.models import TransitionRecord
    from workflows.requests.models import Request

    now, found = timezone.now(), []
    for book in policy.active().of(Request).values():
        for name, rule in book.transitions.items():
            for source, role, (author, reviewer) in product(sorted(rule.from_), rule.rows, PEOPLE):
                thing = Request(
                    pk=1, kind=book.process, state=source, author_id=author, claimed_by_id=reviewer,
                    title="A few words", text="What I ask for.", state_since=now - timedelta(days=3),
                    claimed_at=now - timedelta(days=3) if reviewer else None,
                )  # fmt: skip
                who = Actor(User(pk=1, email="one@bench.invalid"), role)
                allowed = policy.decide(who, name, thing, now=now).allowed
                found.append({
                    "process": book.process, "transition": name, "source": source, "role": role.value,
                    "target": rule.to or source, "outcome": TransitionRecord.DONE if allowed else "denied",
                    "facts": policy.facts(thing, who, now=now),
                })  # fmt: skip
    return found


def fill() -> None:
    from django.contrib.contenttypes.models import ContentType

    from workflows.requests.models import Request

    kind = ContentType.objects.get_for_model(Request).pk
    with psycopg.connect(academy.url(NAME), autocommit=True) as server:
        if server.execute("SELECT 1 FROM flow_transitionrecord OFFSET 1000 LIMIT 1").fetchone():
            return
        print(f"making {RECORDS:,} records", flush=True)
        # One version is done once for each object; copies are not, so each has an object of its own.
        server.execute(ROWS, {"kind": kind, "records": RECORDS, "decisions": Jsonb(decisions())})
        server.execute("VACUUM ANALYZE flow_transitionrecord")


def main(last: int) -> None:
    academy.migrate(NAME)
    from gradus import policy
    from gradus.rulebook.replaying import replay

    ruleset = policy.active()
    fill()
    started, busy = time.perf_counter(), time.process_time()
    found = replay(ruleset, last=last)
    seconds, busy = time.perf_counter() - started, time.process_time() - busy
    if (found.decided, found.same) != (last, last):
        raise SystemExit(f"{found.decided} decided, {found.same} the same; {found.examples[:3]}")
    figures = {
        "records": last, "seconds": round(seconds, 1), "us_each": round(1_000_000 * seconds / last, 1),
        "of_our_own_processor_time": round(busy, 1),
        "of_the_target": round(seconds / (TARGET * last / RECORDS), 2),
    }  # fmt: skip
    print(json.dumps({**figures, **machine()}, indent=1))
    keep("replay", figures)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else RECORDS)
