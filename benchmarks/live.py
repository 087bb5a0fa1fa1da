"""From commit to browser: how long until a page hears of a change that another process made.

    python benchmarks/live.py [--changes 100]

Starts the site (uvicorn, SQLite, no Redis) on a free port with a database of its own, opens a socket as a browser
would, and lets a separate process commit changes. Prints p50 and p95 in milliseconds and writes
`var/bench/live.json`. Commit and arrival are read from the same clock of the same machine.
"""

import argparse
import asyncio
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import django
import websockets

SETTINGS = "gradus.project.settings.dev"
WRITER = "--write"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=100)
    parser.add_argument("--out", type=Path, default=Path("var/bench/live.json"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "GRADUS_VAR": folder,
            "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3",
            "REDIS_URL": "",
            "DJANGO_SETTINGS_MODULE": SETTINGS,
        }
        figures = measure(options.changes)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(figures, indent=1))
    print(json.dumps(figures))


def measure(changes: int) -> dict[str, float]:
    django.setup()
    user_id, cookie = prepare()
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "gradus.project.asgi:application", "--port", str(port)]
    server = subprocess.Popen([*command, "--log-level", "warning"])
    try:
        delays = asyncio.run(listen(port, user_id, cookie, changes))
    finally:
        server.terminate()
        server.wait()
    cuts = statistics.quantiles(delays, n=100)
    return {"changes": len(delays), "p50_ms": round(cuts[49], 1), "p95_ms": round(cuts[94], 1), "max_ms": max(delays)}


def prepare() -> tuple[int, str]:
    """A database with one person, signed in; their id and session cookie."""
    from django.conf import settings
    from django.core.management import call_command
    from django.test import Client

    from gradus.accounts.models import User

    call_command("migrate", verbosity=0)
    user = User.objects.create_user("bench@example.com", None, display_name="Bench")
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    name = settings.SESSION_COOKIE_NAME
    return user.pk, f"{name}={client.cookies[name].value}"


async def listen(port: int, user_id: int, cookie: str, changes: int) -> list[float]:
    """Milliseconds from each commit to its message."""
    address = f"ws://127.0.0.1:{port}/ws/live/"
    await answering(port)
    headers = {"Cookie": cookie}
    async with websockets.connect(address, origin=f"http://127.0.0.1:{port}", additional_headers=headers) as page:
        writer = subprocess.Popen([sys.executable, __file__, WRITER, str(user_id), str(changes)])
        delays = []
        for _ in range(changes):
            heard = json.loads(await asyncio.wait_for(page.recv(), 30))
            delays.append(round((time.time_ns() - heard["version"]) / 1e6, 1))
        writer.wait()
    return delays


async def answering(port: int) -> None:
    for _ in range(150):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.2)
        else:
            writer.close()
            return
    raise SystemExit("The site did not start.")


def write(user_id: int, changes: int) -> None:
    """The worker's part: each change is a transaction of its own, and its version the moment before its commit."""
    django.setup()
    from gradus.notify import live

    for number in range(changes):
        time.sleep(0.2 + (number % 10) / 100)  # not in step with the site's own rhythm
        live.changed("bench", number, time.time_ns(), users=[user_id])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    if WRITER in sys.argv:
        write(int(sys.argv[2]), int(sys.argv[3]))
    else:
        main()
