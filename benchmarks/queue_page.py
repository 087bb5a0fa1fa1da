"""The first page of the requests queue over a million rows, against the query one would write by hand.

    python benchmarks/queue_page.py           # prints milliseconds and the ratio, writes var/bench/queue_page.json

Both are the statements themselves, sent by the same cursor with all rows fetched; beside them, what the page does with
them (building the query, the objects and the count). EXPLAIN must find no scan that reads more rows than a page needs.
"""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

from support import academy
from support.results import keep, machine

ROUNDS = 40
PAGE = 25
ROWS_FOR_A_PAGE = 100  # of a branch: the page, and what a filter may drop on the way
PERSON = "bench-7@bench.invalid"
COLUMNS = """r.id, r.state, r.version, r.state_since, r.created_at, r.kind, r.answers, r.author_id, r.title, r.text,
    r.claimed_by_id, r.claimed_at, r.claimed_before_by_id, a.*, c.*"""
BY_HAND = f"""
SELECT {COLUMNS}
FROM (
  (SELECT id FROM requests_request WHERE state = 'submitted' AND claimed_by_id IS NULL AND author_id <> %(me)s
     AND kind IN ('bug', 'feature', 'refund', 'track_change') ORDER BY state_since, id LIMIT 25)
  UNION (SELECT id FROM requests_request WHERE state = 'submitted' AND claimed_by_id = %(me)s AND author_id <> %(me)s
     AND kind IN ('bug', 'feature', 'refund', 'track_change') ORDER BY state_since, id LIMIT 25)
  UNION (SELECT id FROM requests_request WHERE state = 'in_review' AND claimed_by_id = %(me)s
     AND kind IN ('bug', 'feature', 'refund', 'track_change') ORDER BY state_since, id LIMIT 25)
  UNION (SELECT id FROM requests_request WHERE state = 'in_review' AND claimed_by_id IS NULL AND author_id <> %(me)s
     AND kind IN ('bug', 'feature', 'refund', 'track_change') ORDER BY state_since, id LIMIT 25)
  UNION (SELECT id FROM requests_request WHERE state = 'needs_answer' AND claimed_by_id = %(me)s
     AND kind IN ('bug', 'feature', 'refund', 'track_change') ORDER BY state_since, id LIMIT 25)
  UNION (SELECT id FROM requests_request WHERE state = 'approved' AND claimed_by_id = %(me)s AND author_id <> %(me)s
     AND kind IN ('bug', 'feature', 'refund', 'track_change') ORDER BY state_since, id LIMIT 25)
  UNION (SELECT id FROM requests_request WHERE state = 'approved' AND claimed_by_id IS NULL AND author_id <> %(me)s
     AND kind IN ('bug', 'feature', 'refund', 'track_change') ORDER BY state_since, id LIMIT 25)
) waiting
JOIN requests_request r USING (id)
JOIN accounts_user a ON a.id = r.author_id LEFT JOIN accounts_user c ON c.id = r.claimed_by_id
ORDER BY r.state_since, r.id LIMIT 25
"""


def in_turn(**runs: Callable[[], Any]) -> dict[str, float]:
    """The fastest of many rounds of each, in milliseconds; they take turns, so that all meet the same machine."""
    found = dict.fromkeys(runs, float("inf"))
    for _ in range(ROUNDS):
        for name, run in runs.items():
            started = time.perf_counter()
            run()
            found[name] = min(found[name], 1000 * (time.perf_counter() - started))
    return {name: round(ms, 3) for name, ms in found.items()}


def scans(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What a plan reads from tables: which index, how many rows it touched."""
    if node["Node Type"].endswith("Scan") and "Relation Name" in node:
        read = (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
        yield {"scan": node["Node Type"], "index": node.get("Index Name"), "rows": read}
    for part in node.get("Plans", []):
        yield from scans(part)


def main() -> None:
    academy.prepare()
    from django.db import connection

    from gradus.accounts.models import User
    from gradus.flow import Rows
    from workflows.requests.models import Request

    me = User.objects.get(email=PERSON)
    every = Request.objects.order_by("state_since", "pk").select_related("author", "claimed_by")
    sql, params = Rows.of(Request, None, me).page(every, 0, PAGE).query.sql_with_params()

    def ask(statement: str, values: Any) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall()

    def plan(statement: str, values: Any) -> list[dict[str, Any]]:
        found = ask("EXPLAIN (ANALYZE, FORMAT JSON) " + statement, values)[0][0]
        return list(scans((json.loads(found) if isinstance(found, str) else found)[0]["Plan"]))

    if [row[0] for row in ask(sql, params)] != [row[0] for row in ask(BY_HAND, {"me": me.pk})]:
        raise SystemExit("The two queries find different rows.")
    times = in_turn(
        ours=lambda: ask(sql, params),
        by_hand=lambda: ask(BY_HAND, {"me": me.pk}),
        page_with_objects=lambda: list(Rows.of(Request, None, me).page(every, 0, PAGE)),
        count_to_500=lambda: Rows.of(Request, None, me).count(every, 501),
        count_in_menu=lambda: Rows.of(Request, None, me).count(every, 100),
    )
    grown = [scan for scan in plan(sql, params) if scan["rows"] > ROWS_FOR_A_PAGE]
    ratio = times["ours"] / times["by_hand"]
    for name, ms in times.items():
        print(f"{name:18} {ms:8.2f} ms")
    print(f"{ratio:.2f}x the query by hand; scans that read more than {ROWS_FOR_A_PAGE} rows: {grown or 'none'}")
    print(f"load {machine()['load']}")
    keep("queue_page", {"rows": academy.REQUESTS, "milliseconds": times, "ratio": round(ratio, 3), "grown": grown})


if __name__ == "__main__":
    main()
