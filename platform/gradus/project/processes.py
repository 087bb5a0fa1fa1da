"""Run the site and its worker side by side in one terminal, and stop them together."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from types import FrameType

STOP_WITHIN = 10.0  # seconds a process gets to finish what it is doing


def port_is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def run_together(commands: dict[str, Sequence[str]]) -> int:
    """Start all commands and wait; when one ends or a stop signal comes, stop the rest. Returns the exit code."""
    running: dict[str, subprocess.Popen[bytes]] = {}
    with _stop_signals() as asked:
        try:
            for name, command in commands.items():
                # A session of its own keeps the terminal's Ctrl-C for us: we stop the children in order.
                running[name] = subprocess.Popen(command, start_new_session=True)
            while not asked and all(process.poll() is None for process in running.values()):
                time.sleep(0.2)
        finally:
            ended = {name: process.returncode for name, process in running.items() if process.returncode is not None}
            for process in running.values():
                _stop(process)
    if ended and not asked:
        name, code = next(iter(ended.items()))
        sys.stderr.write(f"The {name} stopped by itself (exit code {code}), so the rest was stopped too.\n")
        return code or 1
    return 0


@contextlib.contextmanager
def _stop_signals() -> Iterator[list[int]]:
    asked: list[int] = []

    def remember(signum: int, _frame: FrameType | None) -> None:
        asked.append(signum)

    before = {number: signal.signal(number, remember) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    # Grandchildren (a worker's processes) must not outlive the one that started them.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
