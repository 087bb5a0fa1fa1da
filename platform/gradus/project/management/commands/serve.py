"""`gradus serve`: database, demo academy when empty, then site and worker in one terminal."""

import logging
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from cms.site.services import move_site
from gradus.project import environment
from gradus.project.demo import LOGINS, PASSWORD, academy_is_empty, load_demo
from gradus.project.processes import port_is_free, run_together

UVICORN = [sys.executable, "-m", "uvicorn", "gradus.project.asgi:application", "--log-level", "warning"]
# Django reads what a proxy says, and only with GRADUS_PROXIES; uvicorn would believe whoever is on this machine.
UVICORN += ["--no-access-log", "--no-proxy-headers", "--timeout-graceful-shutdown", "3"]
WORKER = [sys.executable, "-m", "gradus.project", "qcluster", "--verbosity", "0"]


def address_of(host: str, port: int) -> str:
    """Where a browser on this machine finds what listens there."""
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  # compared, not bound
    return f"http://[{reached}]:{port}" if ":" in reached else f"http://{reached}:{port}"


class Command(BaseCommand):
    help = "Start the site and its worker together; Ctrl-C stops both."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--no-demo", action="store_true", help="leave an empty database empty")

    def handle(self, *, host: str, port: int, no_demo: bool, **options: Any) -> None:
        if not port_is_free(host, port):
            raise CommandError(f"Port {port} is taken. Stop what uses it, or take another: make run PORT={port + 1}")
        call_command("migrate", verbosity=0)
        if not no_demo and academy_is_empty():
            self.stdout.write("Filling the demo academy ...")
            logging.disable(logging.INFO)  # Wagtail tells of every page it publishes
            load_demo()
            logging.disable(logging.NOTSET)
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # else the site complains that nothing is collected
        address = address_of(host, port)
        move_site(environment.hand_down("GRADUS_URL", address))  # site and worker start below, and mails lead there
        self.greet(f"{address}/")
        site = [*UVICORN, "--host", host, "--port", str(port)]
        code = run_together({"site": site, "worker": WORKER})
        self.stdout.write("Stopped.")
        if code:
            sys.exit(code)

    def greet(self, address: str) -> None:
        write = self.stdout.write
        write(f"\nGradus runs at {self.style.SUCCESS(address)} (Ctrl-C stops it)\n")
        if settings.DEMO:
            write(f"The demo people sign in with the password “{PASSWORD}”:")
            for role, email in LOGINS.items():
                write(f"  {role:<12} {email}")
        write("")
