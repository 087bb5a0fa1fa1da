"""A migrated database, made once and copied by each process that tests: migrating takes longer than many tests.

It is good for as long as no migration, model, setting or dependency changes. Django still looks for migrations that are
missing and for content types and permissions that are new, as it does with any database it is told to keep.
On SQLite it is a file, on PostgreSQL a template. `python -m tests.prepared` makes it beforehand.
"""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from django.conf import settings
from psycopg.sql import SQL, Identifier

from gradus.project.paths import CHECKOUT

SOURCES = ("platform", "workflows", "cms", "analytics", "tests")
KEPT_AT_MOST = 10
TEMPLATES_KEPT = 8  # on the server: other checkouts may be testing


def copy_to(path: Path) -> None:
    """Put a migrated SQLite database there."""
    shutil.copy(file(), path)


def file() -> Path:
    folder = Path(settings.VAR_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / f"migrated-{fingerprint()}.sqlite3"
    with alone(folder / "migrated.lock"):
        if not made.exists():
            unfinished = made.with_suffix(".making")
            unfinished.unlink(missing_ok=True)
            migrate(f"sqlite:///{unfinished}")
            unfinished.rename(made)
            forget_old(folder)
        made.touch()
    return made


def template(url: str) -> str:
    """The name of a migrated database on the PostgreSQL server of this URL."""
    folder = Path(settings.VAR_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    made, unfinished = f"gradus_migrated_{fingerprint()}", "gradus_migrating"
    address = urlsplit(url)
    with alone(folder / "template.lock"), psycopg.connect(address._replace(path="/postgres").geturl()) as server:
        server.autocommit = True
        found = server.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'gradus_migrated_%' ORDER BY oid DESC"
        ).fetchall()
        if (made,) not in found:
            for (name,) in [*found[TEMPLATES_KEPT:], (unfinished,)]:
                server.execute(SQL("DROP DATABASE IF EXISTS {}").format(Identifier(name)))
            server.execute(SQL("CREATE DATABASE {}").format(Identifier(unfinished)))
            migrate(address._replace(path=f"/{unfinished}").geturl())
            server.execute(SQL("ALTER DATABASE {} RENAME TO {}").format(Identifier(unfinished), Identifier(made)))
    return made


def fingerprint() -> str:
    found = sha256((CHECKOUT / "requirements.lock").read_bytes())
    for source in sorted(path for name in SOURCES for path in (CHECKOUT / name).rglob("*.py")):
        if source.stem == "models" or {"migrations", "models", "settings"} & set(source.parts):
            found.update(source.relative_to(CHECKOUT).as_posix().encode() + source.read_bytes())
    return found.hexdigest()[:16]


def migrate(url: str) -> None:
    """In a process of its own."""
    # Without checks: models that exist only for tests get their rules from the tests.
    command = [sys.executable, "-m", "gradus.project", "migrate", "--skip-checks", "-v0"]
    command += ["--settings", "gradus.project.settings.test"]
    subprocess.run(command, env={**os.environ, "GRADUS_TEST_DATABASE_URL": url}, cwd=CHECKOUT, check=True)


def forget_old(folder: Path) -> None:
    found = sorted(folder.glob("migrated-*.sqlite3"), key=lambda path: path.stat().st_mtime)
    for path in found[:-KEPT_AT_MOST]:
        path.unlink()


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """One process at a time; the others wait."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gradus.project.settings.test")
    asked = os.environ.get("GRADUS_TEST_DATABASE_URL", "")
    try:
        sys.stdout.write(f"{template(asked) if asked else file()} is ready\n")
    except psycopg.OperationalError as error:
        sys.stdout.write(f"No PostgreSQL, so nothing is prepared there: {error}\n")
