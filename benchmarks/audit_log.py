"""Pages of the audit log over a million records, by every filter, against PostgreSQL.

    python benchmarks/audit_log.py          # prints milliseconds, writes var/bench/audit_log.json

For each filter: the statement that reads the first page, the count that says how many pages there are, and what the
plan reads. `deep` is the last page one can turn to. Records are made once and kept, in the academy of the benchmarks.
"""

import json
import time
from datetime import timedelta
from typing import Any

from support import academy
from support.results import keep, machine

RECORDS = 1_000_000
ROWS = """
INSERT INTO flow_transitionrecord
  (content_type_id, object_id, process, transition, source, target, version, actor_id, role, outcome, reasons, note,
   params, rule, book_version, facts, correlation, at)
SELECT %(kind)s, 1000000000 + n / 5, (ARRAY['bug', 'feature', 'refund', 'track_change'])[1 + (n / 5) %% 4],
       (ARRAY['submit', 'claim', 'ask', 'answer', 'approve'])[1 + n %% 5], 'submitted', 'in_review',
       1 + n %% 5, people.ids[1 + n %% array_length(people.ids, 1)], 'student',
       CASE WHEN n %% 997 = 0 THEN 'stale' WHEN n %% 20 = 0 THEN 'denied' ELSE 'done' END, '[]', '', '{}', '',
       md5((n / 50000)::text) || md5((n / 50000)::text), '{"obj": {}, "user": {}}', 'bench',
       now() - (%(records)s - n) * interval '31 seconds'
FROM (SELECT array_agg(id ORDER BY id) ids FROM accounts_user WHERE email LIKE 'bench-%%') people,
     generate_series(1, %(records)s) n;
"""


def fill(kind: int) -> None:
    import psycopg

    with psycopg.connect(academy.url(), autocommit=True) as server:
        if server.execute("SELECT 1 FROM flow_transitionrecord WHERE correlation = 'bench' LIMIT 1").fetchone():
            return
        print(f"making {RECORDS:,} records")
        server.execute(ROWS, {"kind": kind, "records": RECORDS})
        server.execute("VACUUM ANALYZE flow_transitionrecord")


def timed(run: Any) -> float:
    """The best of five, in milliseconds."""
    best = float("inf")
    for _each in range(5):
        started = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - started)
    return round(1000 * best, 1)


def reads(queryset: Any) -> list[str]:
    plan = json.loads(queryset.explain(format="json"))[0]["Plan"]
    return sorted(set(_indexes(plan)))


def _indexes(node: dict[str, Any]) -> list[str]:
    name = node.get("Index Name") or node.get("Relation Name")
    own = [f"{node['Node Type']}: {name}"] if name and "accounts_user" not in name else []
    return own + [each for part in node.get("Plans", []) for each in _indexes(part)]


def main() -> None:
    academy.prepare()
    from django.contrib.contenttypes.models import ContentType
    from django.test import RequestFactory
    from django.utils import timezone

    from gradus.accounts.models import User
    from gradus.flow.audit.report import COUNT_TO, AuditView, NewestPages
    from gradus.flow.models import TransitionRecord
    from workflows.requests.models import Request

    fill(ContentType.objects.get_for_model(Request).pk)
    bench = TransitionRecord.objects.filter(correlation="bench")
    oldest = bench.order_by("pk").values_list("book_version", flat=True).first()
    person = User.objects.get(email="bench-777@bench.invalid")
    day = timezone.localdate() - timedelta(days=90)
    asked: dict[str, dict[str, Any]] = {
        "all": {},
        "person": {"person": person.pk},
        "process": {"process": "requests.Request/refund"},
        "object": {"object": 1_000_004_711, "process": "requests.Request/track_change"},
        "object_alone": {"object": 1_000_004_711},
        "transition": {"transition": "ask"},
        "outcome": {"outcome": "stale"},
        "no_such_outcome": {"outcome": "limited"},
        "days": {"at_after": day, "at_before": day},
        "oldest_version": {"version": oldest},
        "oldest_version_begun": {"version": oldest[:8]},
        "person_and_outcome": {"person": person.pk, "outcome": "denied"},
    }
    figures: dict[str, Any] = {"rows": TransitionRecord.objects.count()}
    for name, filters in asked.items():
        view = AuditView()
        request = RequestFactory().get("/admin/audit/", filters)
        request.user = person
        view.setup(request)
        found = view.get_filtered_queryset()
        if view.unreadable:
            raise SystemExit(f"{name}: {view.filters.errors}")
        figures[name] = {
            "page_ms": timed(lambda found=found: list(found.all()[:50])),
            "count_ms": timed(lambda found=found: NewestPages(found.all(), 50).count),
            "reads": reads(found.all()[:50]),
        }
    everything = AuditView.get_base_queryset(AuditView()).order_by("-at", "-pk")
    figures["deep"] = {"page_ms": timed(lambda: list(everything.all()[COUNT_TO - 50 : COUNT_TO]))}
    print(json.dumps({**figures, "load": machine()["load"]}, indent=1))
    keep("audit_log", figures)


if __name__ == "__main__":
    main()
