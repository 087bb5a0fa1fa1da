"""`gradus serve`: site and worker as one, started and stopped for real."""

import os
import signal
import socket
import subprocess
import sys
from contextlib import closing
from io import StringIO
from pathlib import Path

import httpx
import pytest

from gradus.project.management.commands import serve
from tests import prepared
from tests.waiting import until

LIMIT = 180.0


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(var: Path, port: int) -> "subprocess.Popen[str]":
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "DATABASE_URL"))},
        "GRADUS_VAR": str(var),
        "PYTHONUNBUFFERED": "1",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "gradus.project", "serve", "--port", str(port), "--no-demo"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=2).status_code == 200
    except httpx.TransportError:
        return False


def children_of(pid: int) -> list[int]:
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return [int(line) for line in listed.stdout.split()]


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def port() -> int:
    return free_port()


def test_ctrl_c_stops_both_and_a_second_start_keeps_the_data(tmp_path: Path, port: int) -> None:
    prepared.copy_to(tmp_path / "gradus.sqlite3")  # which took the first start most of its time
    for _start in range(2):
        process = start(tmp_path, port)
        try:
            until(lambda: answers(port), LIMIT, "the site never answered")
            started = children_of(process.pid)
            assert len(started) == 2, "site and worker"
            process.send_signal(signal.SIGINT)
            output, _ = process.communicate(timeout=LIMIT)
        finally:
            process.kill()
        assert process.returncode == 0, output
        assert "Gradus runs at" in output
        assert [pid for pid in started if alive(pid)] == []
    assert (tmp_path / "gradus.sqlite3").stat().st_size > 0


def test_a_taken_port_gets_one_clear_sentence(tmp_path: Path, port: int) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        process = start(tmp_path, port)
        output, _ = process.communicate(timeout=LIMIT)
    assert process.returncode == 1
    assert f"Port {port} is taken. Stop what uses it, or take another: make run PORT={port + 1}" in output
    assert "Traceback" not in output


@pytest.mark.parametrize(("given", "told"), [("", "http://127.0.0.1:8291"), ("https://school.example", None)])
def test_site_and_worker_are_told_where_they_are(monkeypatch: pytest.MonkeyPatch, given: str, told: str | None) -> None:
    monkeypatch.setenv("GRADUS_URL", given)
    started: list[str] = []
    for step in ("call_command", "move_site", "port_is_free"):
        monkeypatch.setattr(serve, step, lambda *_args, **_options: True)
    monkeypatch.setattr(serve, "run_together", lambda _commands: started.append(os.environ["GRADUS_URL"]) or 0)
    serve.Command(stdout=StringIO()).handle(host="127.0.0.1", port=8291, no_demo=True)
    assert started == [told or given]


@pytest.mark.parametrize(
    ("host", "address"),
    [("0.0.0.0", "http://127.0.0.1:80"), ("::1", "http://[::1]:80"), ("localhost", "http://localhost:80")],
)
def test_an_address_is_one_a_browser_can_open(host: str, address: str) -> None:
    assert serve.address_of(host, 80) == address
