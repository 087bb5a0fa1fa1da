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
        """Raises Refusal for whatever is no manifest of this format."""
        try:
            found = json.loads(text)
            if found.get("format") != FORMAT:
                raise Refusal(f"This archive is of format {found.get('format')}; this version reads format {FORMAT}.")
            manifest = cls(**found)
            datetime.fromisoformat(manifest.made_at)
            manifest._check_types()
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            raise Refusal(f"The archive's manifest cannot be read: {error}") from None
        return manifest

    def _check_types(self) -> None:
        if not (isinstance(self.migrations, list) and isinstance(self.files, dict)):
            raise TypeError("migrations must be a list, files an object")
        if not all(isinstance(text, str) for text in (self.engine, *self.migrations, *self.files.values())):
            raise TypeError("the engine, the migrations and the checksums must be texts")


def roots() -> dict[str, Path]:
    """The folders an archive holds, by their name in it."""
    return {"media": Path(settings.MEDIA_ROOT), "private": Path(settings.PRIVATE_ROOT)}


def applied_migrations() -> list[str]:
    return sorted(".".join(key) for key in MigrationLoader(connection).applied_migrations)


def known_migrations() -> set[str]:
    return {".".join(key) for key in MigrationLoader(None, ignore_no_migrations=True).disk_migrations}
