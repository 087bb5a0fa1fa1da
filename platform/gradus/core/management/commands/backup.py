"""`gradus backup`: database and files in one archive."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from gradus.core import backup


class Command(BaseCommand):
    help = "Write the database, the media and the private files into one archive. The site may go on working."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", type=Path, metavar="FILE", help="default: var/backups/gradus-<time>.tar.gz")
        parser.add_argument("--yes", action="store_true", help="replace the file when it exists")

    def handle(self, *, to: Path | None, yes: bool, **options: Any) -> None:
        target = to or Path(settings.VAR_DIR, "backups", f"gradus-{timezone.now():%Y%m%d-%H%M%S}.tar.gz")
        try:
            manifest = backup.make(target, overwrite=yes)
        except backup.Refusal as refusal:
            raise CommandError(str(refusal)) from None
        size = target.stat().st_size / 1_000_000
        self.stdout.write(f"{target}: the database and {len(manifest.files) - 1} files, {size:.1f} MB.")
