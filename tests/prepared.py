"""A migrated SQLite file, made once and copied by each process that tests: migrating takes longer than many tests.

It is good for as long as no migration, model, setting or dependency changes. Django still looks for migrations that are
missing and for content types and permissions that are new, as it does with any database it is told to keep.
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

from django.conf import settings

from gradus.project.paths import CHECKOUT

SOURCES = ("platform", "workflows", "cms", "analytics", "tests")
KEPT_AT_MOST = 10


def copy_to(path: Path) -> None:
    """Put a migrated database there."""
    folder = Path(settings.VAR_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / f"migrated-{fingerprint()}.sqlite3"
    with alone(folder / "migrated.lock"):
        if not made.exists():
            make(made)
            forget_old(folder)
        made.touch()
        shutil.copy(made, path)


def fingerprint() -> str:
    found = sha256((CHECKOUT / "requirements.lock").read_bytes())
    for source in sorted(path for name in SOURCES for path in (CHECKOUT / name).rglob("*.py")):
        if source.stem == "models" or {"migrations", "models", "settings"} & set(source.parts):
            found.update(source.relative_to(CHECKOUT).as_posix().encode() + source.read_bytes())
    return found.hexdigest()[:16]


def make(path: Path) -> None:
    """In a process of its own, whose database is the file; complete, or not there at all."""
    unfinished = path.with_suffix(".making")
    unfinished.unlink(missing_ok=True)
    # Without checks: models that exist only for tests get their rules from the tests.
    command = [sys.executable, "-m", "gradus.project", "migrate", "--skip-checks", "-v0"]
    command += ["--settings", "gradus.project.settings.test"]
    environment = {**os.environ, "GRADUS_TEST_DATABASE_URL": f"sqlite:///{unfinished}"}
    subprocess.run(command, env=environment, cwd=CHECKOUT, check=True)
    unfinished.rename(path)


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
