"""The worker for real: its processes fork, and each talks to the database over a connection of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django_q.models import Success
from django_q.tasks import async_task

from tests.waiting import until

TASKS = 50
LIMIT = 60.0


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """What a worker on this test's database says while it runs."""
    its, log = connection.settings_dict, tmp_path / "worker.log"
    url = f"postgres://{its['USER']}:{its['PASSWORD']}@{its['HOST']}:{its['PORT'] or 5432}/{its['NAME']}"
    environment = {**os.environ, "DATABASE_URL": url, "GRADUS_VAR": str(tmp_path), "REDIS_URL": ""}
    environment |= {"DJANGO_SETTINGS_MODULE": "gradus.project.settings.dev", "GRADUS_SECRET_KEY": settings.SECRET_KEY}
    command = [sys.executable, "-m", "gradus.project", "qcluster", "--verbosity", "0"]
    with log.open("wb") as told, subprocess.Popen(command, env=environment, stdout=told, stderr=told) as worker:
        try:
            yield log
        finally:
            worker.terminate()
            worker.wait(LIMIT)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_processes_of_a_worker_do_not_read_each_others_answers(log: Path) -> None:
    for number in range(TASKS):
        async_task("operator.add", number, 1)
    done = Success.objects.filter(func="operator.add")
    until(lambda: done.count() == TASKS, LIMIT, "They are not done.")
    results = sorted(each.result for each in done)
    assert results == [number + 1 for number in range(TASKS)]
    assert [line for line in log.read_text().splitlines() if "ERROR" in line or "Error" in line] == []
