"""What an archive says about itself."""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

FORMAT = 1
DATABASE, MANIFEST = "database", "manifest.json"


class Refusal(Exception):  # noqa: N818 - said to a person as it is
    """Why an archive was not made or not restored; nothing was changed."""


@dataclass(frozen=True)
class Manifest:
    """`files` maps each member's name to its SHA-256, `migrations` lists what the database had applied."""

    engine: str
    migrations: list[str]
    files: dict[str, str] = field(default_factory=dict)
    made_at: str = field(default_factory=lambda: timezone.now().isoformat())
    format: int = FORMAT

    def dumps(self) -> bytes:
        return json.dumps(asdict(self), indent=1).encode()

    @classmethod
    def loads(cls, text: bytes) -> "Manifest":
        try:
            found = json.loads(text)
            if found.get("format") != FORMAT:
                raise Refusal(f"This archive is of format {found.get('format')}; this version reads format {FORMAT}.")
            manifest = cls(**found)
            datetime.fromisoformat(manifest.made_at)
        except (ValueError, TypeError, AttributeError) as error:
            raise Refusal(f"The archive's manifest cannot be read: {error}") from None
        return manifest


def roots() -> dict[str, Path]:
    """The folders an archive holds, by their name in it."""
    return {"media": Path(settings.MEDIA_ROOT), "private": Path(settings.PRIVATE_ROOT)}


def applied_migrations() -> list[str]:
    return sorted(".".join(key) for key in MigrationLoader(connection).applied_migrations)


def known_migrations() -> set[str]:
    return {".".join(key) for key in MigrationLoader(None, ignore_no_migrations=True).disk_migrations}
