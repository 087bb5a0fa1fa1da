"""One pass of an automation over a million rows of which a hundred are due.

    python benchmarks/automations.py          # prints milliseconds, writes var/bench/automations.json

`finding` is the one statement that looks for them; `pass` deals with them too, each in a transaction of its own, as a
rehearsal that writes its rows and nothing else. A second look finds nothing, and `nothing_due` says what that costs.
`clock_finding` looks for those whose time is up on a clock that stood still for three days of overlapping pauses of
their author: several times as many rows are old enough by the plain time.
"""

import json
import time
from datetime import timedelta
from typing import Any

from support import academy
from support.results import keep, machine

DUE = 100
BOOK = "requests/bug.toml"
PAUSED = 72  # hours
PAUSES = """
CREATE TABLE IF NOT EXISTS bench_pause
  (id bigserial PRIMARY KEY, student_id bigint, begins timestamptz, ends timestamptz);
TRUNCATE bench_pause;
INSERT INTO bench_pause (student_id, begins, ends)
SELECT id, now() - interval '9 days' + n * interval '1 day', now() - interval '9 days' + (n + 2) * interval '1 day'
FROM accounts_user, generate_series(1, 2) n;
CREATE INDEX IF NOT EXISTS bench_pauses_of_student ON bench_pause (student_id);
ANALYZE bench_pause;
"""


def automation(name: str, hours: int, more: str = "") -> str:
    return f"""
[[automations]]
id = "{name}"
after = "{hours} hours in submitted"
{more}
do = [{{ notify = "author", template = "requests/waiting" }}]
"""


def register_clock() -> None:
    from django.db import connection, models

    from gradus.policy.clocks import clock

    class Pause(models.Model):  # noqa: DJ008 - nobody reads its name
        student_id = models.BigIntegerField()
        begins = models.DateTimeField()
        ends = models.DateTimeField(null=True)

        class Meta:
            app_label, db_table, managed = "requests", "bench_pause", False

    with connection.cursor() as cursor:
        cursor.execute(PAUSES)
    clock("requests.Request", name="studying")(lambda of: Pause.objects.filter(student_id=of("author_id")))


def timed(run: Any) -> tuple[float, Any]:
    started = time.perf_counter()
    found = run()
    return round(1000 * (time.perf_counter() - started), 1), found


def main() -> None:
    academy.prepare()
    from django.conf import settings
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    from gradus import policy
    from gradus.flow.automating.due import matches
    from gradus.flow.automating.running import key_of, run
    from gradus.flow.models import AutomationRun
    from workflows.requests.models import Request

    now = timezone.now()
    bugs = Request.objects.filter(kind="bug", state="submitted").order_by("state_since")
    oldest = bugs.values_list("state_since", flat=True)[DUE]
    hours = int((now - oldest).total_seconds()) // 3600
    folder = settings.RULES_DIR
    texts = {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*.toml")}
    texts[BOOK] = texts[BOOK].split("[[automations]]")[0] + automation("bench", hours)
    texts[BOOK] += automation("clock", hours - PAUSED, 'clock = "studying"')
    policy.active()  # finds the terms of the apps
    register_clock()
    with policy.using(policy.load_texts(texts)) as rules:
        book = rules.book("requests.Request", "bug")
        bench, counted = book.automations
        AutomationRun.objects.filter(automation=key_of(book, bench)).delete()
        with CaptureQueriesContext(
            connection,
        ) as asked:
            finding, due = timed(lambda: list(matches(book, bench, now)))
        statement = asked.captured_queries[-1]["sql"]
        whole, made = timed(lambda: [run(match, now=now) for match in due])
        again, none = timed(lambda: list(matches(book, bench, now)))
        with CaptureQueriesContext(connection) as asked_clock:
            clock_finding, on_clock = timed(lambda: list(matches(book, counted, now)))
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}")
            plan = json.loads(json.dumps(cursor.fetchone()[0]))
        AutomationRun.objects.filter(automation=key_of(book, bench)).delete()
    scans = sorted(set(indexes(plan[0]["Plan"])))
    figures = {"rows": Request.objects.count(), "due": len(due), "queries": len(asked), "finding_ms": finding,
               "pass_ms": round(finding + whole, 1), "nothing_due_ms": again, "reads": scans,
               "clock_finding_ms": clock_finding, "clock_due": len(on_clock), "clock_queries": len(asked_clock),
               "old_enough_for_the_clock": bugs.filter(state_since__lte=now - timedelta(hours=hours - PAUSED)).count(),
               }  # fmt: skip
    if len(made) != len(due) or none:
        raise SystemExit(f"{len(made)} of {len(due)} were dealt with, {len(none)} found twice")
    print(json.dumps({**figures, "load": machine()["load"]}, indent=1))
    keep("automations", figures)


def indexes(node: dict[str, Any]) -> list[str]:
    """What a plan reads: the index, or the table where there is none."""
    own = [f"{node['Node Type']}: {node.get('Index Name', node['Relation Name'])}"] if "Relation Name" in node else []
    return own + [each for part in node.get("Plans", []) for each in indexes(part)]


if __name__ == "__main__":
    main()
