"""One pass of an automation over a million rows of which a hundred are due.

    python benchmarks/automations.py          # prints milliseconds, writes var/bench/automations.json

`finding` is the one statement that looks for them; `pass` deals with them too, each in a transaction of its own, as a
rehearsal that writes its rows and nothing else. A second look finds nothing, and `nothing_due` says what that costs.
"""

import json
import time
from typing import Any

from support import academy
from support.results import keep, machine

DUE = 100
BOOK = "requests/bug.toml"


def automation(hours: int) -> str:
    return f"""
[[automations]]
id = "bench"
after = "{hours} hours in submitted"
do = [{{ notify = "author", template = "requests/waiting" }}]
"""


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
    texts[BOOK] = texts[BOOK].split("[[automations]]")[0] + automation(hours)
    policy.active()  # finds the terms of the apps
    with policy.using(policy.load_texts(texts)) as rules:
        book = rules.book("requests.Request", "bug")
        (bench,) = book.automations
        AutomationRun.objects.filter(automation=key_of(book, bench)).delete()
        with CaptureQueriesContext(
            connection,
        ) as asked:
            finding, due = timed(lambda: list(matches(book, bench, now)))
        statement = asked.captured_queries[-1]["sql"]
        whole, made = timed(lambda: [run(match, now=now) for match in due])
        again, none = timed(lambda: list(matches(book, bench, now)))
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}")
            plan = json.loads(json.dumps(cursor.fetchone()[0]))
        AutomationRun.objects.filter(automation=key_of(book, bench)).delete()
    scans = sorted(set(indexes(plan[0]["Plan"])))
    figures = {"rows": Request.objects.count(), "due": len(due), "queries": len(asked), "finding_ms": finding,
               "pass_ms": round(finding + whole, 1), "nothing_due_ms": again, "reads": scans}  # fmt: skip
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
