"""What dies leaves nothing half done, and two processes share a SQLite file without being locked out."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from django_q.models import OrmQ

from gradus import flow
from gradus.accounts.models import User
from gradus.flow.models import TransitionRecord
from tests.platform.flow.mill.models import Order
from tests.platform.flow.processes import DIED, STEPS

ROOT = Path(__file__).parents[3]
TIMES = 40


def start(database: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.platform.flow.processes", *map(str, arguments)]
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "gradus.project.settings.test",
        "GRADUS_TEST_DATABASE_URL": database,
    }
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def here() -> str:
    """The address of the database this test runs on."""
    its = connection.settings_dict
    return f"postgres://{its['USER']}:{its['PASSWORD']}@{its['HOST']}:{its['PORT'] or 5432}/{its['NAME']}"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_process_killed_between_any_two_steps_leaves_nothing_half_done(order: Order, instructor: User) -> None:
    tasks = OrmQ.objects.count()
    out, err = start(here(), "kill", order.pk, instructor.pk).communicate(timeout=120)
    assert out.split("\n")[:-1] == [f"{step} {DIED}" for step in STEPS], err
    now = Order.objects.get()
    assert (now.state, now.version, now.claimed_by) == ("ordered", 1, None)
    assert [record.transition for record in TransitionRecord.objects.all()] == ["order"]
    assert OrmQ.objects.count() == tasks
    assert flow.apply(order, "approve", by=instructor, note="After all").version == 2


def test_two_processes_on_sqlite_never_see_a_locked_database(tmp_path: Path) -> None:
    file = tmp_path / "gradus.sqlite3"
    url = f"sqlite:///{file}"
    finish(start(url, "prepare"))
    for process in [start(url, "work", TIMES) for _ in range(2)]:
        assert "locked" not in finish(process)
    with sqlite3.connect(file) as database:
        (oils,) = database.execute("select count(*) from flow_transitionrecord where transition = 'oil'").fetchone()
        (version,) = database.execute("select version from mill_stone order by id").fetchone()
    assert oils == 4 * TIMES
    assert version == 1 + 2 * TIMES


def finish(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate(timeout=180)
    assert process.returncode == 0, err
    return out + err
