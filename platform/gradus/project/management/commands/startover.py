"""`gradus startover`: delete this checkout's data."""

import shutil
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Delete the SQLite database and the media of this checkout, so that the next start begins anew."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *, yes: bool, **options: Any) -> None:
        database = settings.DATABASES["default"]
        if database["ENGINE"] != "django.db.backends.sqlite3":
            raise CommandError("This deletes a local SQLite database only; empty your server's database yourself.")
        if not yes and input(f"Delete the database and all files under {settings.VAR_DIR}? [y/N] ").lower() != "y":
            self.stdout.write("Nothing was deleted.")
            return
        for suffix in ("", "-wal", "-shm"):
            Path(f"{database['NAME']}{suffix}").unlink(missing_ok=True)
        for folder in (settings.MEDIA_ROOT, settings.PRIVATE_ROOT):
            shutil.rmtree(folder, ignore_errors=True)
        self.stdout.write("Deleted. `make run` starts over.")
