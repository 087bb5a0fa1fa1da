"""From commit to repaint: how long until a browser shows what another process changed.

    python benchmarks/live.py [--changes 60]

Starts the site (uvicorn, SQLite, no Redis) on a free port with a database of its own, opens a student's request in
Chromium, and lets a separate process claim and release it and ring the bell, one change at a time. The page stamps the
frame after the one in which a change was drawn; the other process stamps its commits. Both read the clock of the
same machine. Prints p50 and p95 in milliseconds and writes `var/bench/live.json`.
"""

import argparse
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import django
import httpx
from playwright.sync_api import Page, sync_playwright

SETTINGS = "gradus.project.settings.dev"
WRITER = "--write"
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser")
CHROMIUM = os.environ.get("GRADUS_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
# A frame is drawn after its callbacks, so the next frame's callback is the first moment it is surely on the screen.
STAMP = """() => {
  window.drawn = [];
  const seen = () => ({
    state: document.querySelector("#request")?.dataset.liveVersion,
    bell: document.querySelector("#bell .g-count")?.textContent ?? "0",
  });
  let before = seen();
  new MutationObserver(() => {
    const now = seen();
    for (const what of ["state", "bell"]) {
      if (now[what] !== undefined && now[what] !== before[what]) {
        requestAnimationFrame(() => requestAnimationFrame(() => window.drawn.push([what, Date.now()])));
      }
    }
    before = now;
  }).observe(document.body, { childList: true, subtree: true });
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=60)
    parser.add_argument("--out", type=Path, default=Path("var/bench/live.json"))
    options = parser.parse_args()
    if CHROMIUM is None:
        print("Skipped: no Chromium. Install the distribution's package, or name one in GRADUS_CHROMIUM.")
        return
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "GRADUS_VAR": folder,
            "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3",
            "REDIS_URL": "",
            "GRADUS_LOG_LEVEL": "WARNING",
            "DJANGO_SETTINGS_MODULE": SETTINGS,
        }
        figures = measure(options.changes)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(figures, indent=1))
    print(json.dumps(figures))


def measure(changes: int) -> dict[str, dict[str, float]]:
    django.setup()
    request_id, cookie = prepare()
    address = f"http://127.0.0.1:{free_port()}"
    server = serve(address)
    try:
        answering(address)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            context = browser.new_context(base_url=address)
            context.add_cookies([{**cookie, "url": address}])
            return watch(context.new_page(), request_id, changes)
    finally:
        server.terminate()
        server.wait()


def prepare() -> tuple[int, Any]:
    """A database with a student's request; its id, and the student's session cookie."""
    from django.conf import settings
    from django.core.management import call_command
    from django.test import Client

    from gradus import flow
    from gradus.accounts.roles import Role
    from gradus.accounts.services import create_person
    from workflows.requests.models import Request

    call_command("migrate", verbosity=0)
    call_command("ensure_site", verbosity=0)
    student = create_person(email="student@example.com", display_name="Ada", roles=[Role.STUDENT])
    create_person(email="instructor@example.com", display_name="Ivo", roles=[Role.INSTRUCTOR])
    asked = {"title": "A darker night", "text": "Please.", "area": "courses"}
    filed = flow.create(Request, "submit", by=student, kind="feature", **asked)
    client = Client()
    client.force_login(student, backend="django.contrib.auth.backends.ModelBackend")
    name = settings.SESSION_COOKIE_NAME
    return filed.pk, {"name": name, "value": client.cookies[name].value}


def serve(address: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "uvicorn", "gradus.project.asgi:application", "--log-level", "warning"]
    return subprocess.Popen([*command, "--no-access-log", "--port", address.rsplit(":", 1)[1]])


def answering(address: str) -> None:
    for _ in range(300):
        try:
            if httpx.get(f"{address}/healthz", timeout=2).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise SystemExit("The site did not start.")


def watch(page: Page, request_id: int, changes: int) -> dict[str, dict[str, float]]:
    """Let the other process change things and wait for each to be drawn."""
    with page.expect_websocket():
        page.goto(f"/requests/{request_id}/")
    page.wait_for_load_state("networkidle")
    page.evaluate(STAMP)
    command = [sys.executable, __file__, WRITER, str(request_id)]
    delays: dict[str, list[float]] = {"state": [], "bell": []}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdin is not None
        assert writer.stdout is not None
        writer.stdout.readline()  # it has started
        for number in range(changes + 2):
            what = ("state", "bell")[number % 2]
            time.sleep(0.15 + (number % 10) / 100)  # not in step with the site's own rhythm
            writer.stdin.write(f"{what}\n")
            writer.stdin.flush()
            committed = int(writer.stdout.readline())
            page.wait_for_function("count => window.drawn.length >= count", arg=number + 1, timeout=20_000)
            shown, drawn = page.evaluate("window.drawn.at(-1)")
            assert shown == what, (shown, what)
            if number >= 2:  # the first of each warms the site up
                delays[what].append(drawn - committed / 1e6)
        writer.stdin.close()
    return {"state": summary(delays["state"]), "bell": summary(delays["bell"])}


def summary(delays: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles(delays, n=100, method="inclusive")
    return {
        "changes": len(delays),
        "p50_ms": round(cuts[49], 1),
        "p95_ms": round(cuts[94], 1),
        "max_ms": round(max(delays), 1),
    }


def write(request_id: int) -> None:
    """The other process: one change for each line it reads; it answers with the moment of the commit."""
    django.setup()
    from django.db import transaction

    from gradus import flow
    from gradus.accounts.models import User
    from gradus.notify.services import notify
    from workflows.requests.models import Request

    instructor = User.objects.get(email="instructor@example.com")
    student = User.objects.get(email="student@example.com")
    committed: list[int] = []
    flow.events.recording(lambda _event: transaction.on_commit(lambda: committed.append(time.time_ns())))
    say("ready")
    for line in sys.stdin:
        committed.clear()
        if line.strip() == "state":
            request = Request.objects.get(pk=request_id)
            flow.apply(request, "release" if request.state == "in_review" else "claim", by=instructor)
        else:
            with transaction.atomic():
                notify([student], "notify/test")
                transaction.on_commit(lambda: committed.append(time.time_ns()))
        say(str(committed[0]))


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    if WRITER in sys.argv:
        write(int(sys.argv[2]))
    else:
        main()
