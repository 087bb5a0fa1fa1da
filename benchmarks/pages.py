"""Pages under load: eight connections on two workers, four on each as a balancer would deal them, with production's
settings and a million requests.

    python benchmarks/pages.py                # prints p50, p95 and requests a second, writes var/bench/pages.json

Whoever asks and whoever answers share this machine, so a server of its own does better. Each page has its own address
and its own person; all answers must be 200.
"""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from statistics import median, quantiles
from threading import Thread
from typing import Any

from support import academy
from support.results import keep, machine

CONNECTIONS, PORTS = 8, (8117, 8118)
SECONDS = float(os.environ.get("BENCH_SECONDS", "6"))
HEADERS = {"Host": "localhost", "X-Forwarded-Proto": "https", "X-Forwarded-For": "127.0.0.1", "Accept": "text/html"}
SERVER = [sys.executable, "-m", "uvicorn", "gradus.project.asgi:application", "--host", "127.0.0.1"]
SERVER += ["--log-level", "warning", "--no-access-log", "--no-proxy-headers"]


@dataclass(frozen=True)
class Page:
    name: str
    path: str
    email: str = ""
    limit: int = 100  # what p95 has to stay below, in milliseconds


def pages() -> list[Page]:
    from cms.catalog.models import CoursePage, LessonPage
    from gradus.project.demo import LOGINS, Role

    lesson = LessonPage.objects.live().filter(is_preview=True).order_by("path")[0]
    course = CoursePage.objects.live().order_by("path")[0]
    student, instructor = "bench-777@bench.invalid", "bench-7@bench.invalid"
    return [
        Page("home", "/"),
        Page("course index", "/courses/"),
        Page("course", course.url),
        Page("lesson", lesson.url),
        Page("home, signed in", "/", LOGINS[Role.STUDENT]),
        Page("course, signed in", course.url, LOGINS[Role.STUDENT]),
        Page("lesson, signed in", lesson.url, LOGINS[Role.STUDENT]),
        Page("my requests", "/requests/", student),
        Page("workbench", "/admin/requests/", instructor, 250),
    ]


def cookie(email: str) -> dict[str, str]:
    """A session of that person, as signing in would make it."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from gradus.accounts.models import User

    if not email:
        return {}
    user, session = User.objects.get(email=email), SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session.create()
    return {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session.session_key}"}


@contextmanager
def served() -> Iterator[None]:
    """The site on its workers, each at a port of its own, for as long as the block runs."""
    with ExitStack() as running:
        for port in PORTS:
            running.enter_context(_worker(port))
        yield


@contextmanager
def _worker(port: int) -> Iterator[None]:
    with socket.socket() as taken:
        if taken.connect_ex(("127.0.0.1", port)) == 0:
            raise SystemExit(f"Port {port} is taken.")
    environment = {**os.environ, **academy.production()}
    server = subprocess.Popen([*SERVER, "--port", str(port)], env=environment, cwd=academy.ROOT)
    try:
        _wait_for(server, port)
        yield
    finally:
        server.terminate()
        server.wait(20)


def _wait_for(server: "subprocess.Popen[bytes]", port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        try:
            if get(http.client.HTTPConnection("127.0.0.1", port, timeout=20), "/healthz", HEADERS) == 200:
                return
        except OSError:
            time.sleep(0.3)
    raise SystemExit("The site did not start.")


def get(connection: http.client.HTTPConnection, path: str, headers: dict[str, str]) -> int:
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    response.read()
    return response.status


def load(page: Page, seconds: float) -> list[float]:
    """How long each request took, in milliseconds, with every connection busy."""
    took: list[float] = []
    wrong: list[Any] = []
    headers = HEADERS | cookie(page.email)
    until = time.perf_counter() + seconds

    def ask(port: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            while (started := time.perf_counter()) < until:
                if (status := get(connection, page.path, headers)) != 200:
                    wrong.append(status)
                    return
                took.append(1000 * (time.perf_counter() - started))
        except OSError as error:
            wrong.append(error)

    threads = [Thread(target=ask, args=[PORTS[number % len(PORTS)]]) for number in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise SystemExit(f"{page.path} answered {wrong[0]}")
    return took


def measure(page: Page) -> dict[str, float]:
    load(page, SECONDS / 4)  # templates compiled, caches filled
    took = load(page, SECONDS)
    return {
        "p50": round(median(took), 1),
        "p95": round(quantiles(took, n=20)[-1], 1),
        "per_second": round(len(took) / SECONDS, 1),
        "limit": page.limit,
        "load": machine()["load"],
    }


def main() -> None:
    academy.prepare()
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0)
    found = {}
    with served():
        print(f"{'':20} {'p50 ms':>8} {'p95 ms':>8} {'limit':>6} {'per s':>8} {'load':>6}")
        for page in pages():
            figures = found[page.name] = measure(page)
            print(f"{page.name:20} " + "{p50:8} {p95:8} {limit:6} {per_second:8} {load:6}".format(**figures))
    keep("pages", {"connections": CONNECTIONS, "workers": len(PORTS), "pages": found})


if __name__ == "__main__":
    main()
