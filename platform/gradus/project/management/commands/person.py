"""`gradus person export | erase EMAIL`: what is held about somebody, and forgetting it."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder

from gradus.accounts.models import User
from gradus.project import personal


class Command(BaseCommand):
    help = "Export everything of one person as JSON, or erase them: history stays, without their name, words and facts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True)
        export = commands.add_parser("export", help="print everything of theirs as JSON")
        export.add_argument("email")
        export.add_argument("--to", type=Path, metavar="FILE", help="write it to a file only its owner can read")
        erase = commands.add_parser("erase", help="forget them; this cannot be undone")
        erase.add_argument("email")
        erase.add_argument("--yes", action="store_true", help="really do it")

    def handle(self, *, command: str, email: str, to: Path | None = None, yes: bool = False, **options: Any) -> None:
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            raise CommandError(f"Nobody has the address {email}.")
        if command == "export":
            self._export(user, to)
        elif not yes:
            raise CommandError(f"This forgets {user} for good. Export first if they want their data, then add --yes.")
        else:
            self._erase(user)

    def _export(self, user: User, to: Path | None) -> None:
        text = json.dumps(personal.export(user), cls=DjangoJSONEncoder, indent=2, ensure_ascii=False, default=None)
        if to is None:
            self.stdout.write(text)
            return
        to.touch(mode=0o600)
        to.write_text(text, encoding="utf-8")
        self.stdout.write(f"{to}: everything of {user}.")

    def _erase(self, user: User) -> None:
        name = str(user)
        try:
            personal.erase(user)
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from None
        self.stdout.write(f"{name} is erased. Backups made before still hold them until they are gone.")
