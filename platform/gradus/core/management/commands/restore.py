"""`gradus restore`: put an archive of `gradus backup` back."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gradus.core import backup


class Command(BaseCommand):
    help = "Replace the database and the files by those of an archive. Stop the site and its worker first."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--yes", action="store_true", help="replace the data that is here")

    def handle(self, *, file: Path, yes: bool, **options: Any) -> None:
        try:
            manifest = backup.restore(file, overwrite=yes)
        except backup.Refusal as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"Restored the database and {len(manifest.files) - 1} files, as of {manifest.made_at}.")
        self.stdout.write("Run “gradus migrate” if this version is newer, then start the site and its worker.")
