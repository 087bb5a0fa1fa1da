"""One consistent copy of the database, and back, with each engine's own means."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from django.db import connection, connections

from gradus.core.backup.manifest import Refusal


def dump(target: Path) -> None:
    """Write the database as it is at one moment; the site may go on working."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with closing(sqlite3.connect(target)) as copy:
            connection.connection.backup(copy)
    else:
        _run(["pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}", _name()])


def load(source: Path) -> None:
    """Replace the database by a copy, all of it or nothing."""
    if connection.vendor == "sqlite":
        _load_sqlite(source)
    else:
        _load_postgres(source)


def is_empty() -> bool:
    return not connection.introspection.table_names()


def _load_sqlite(source: Path) -> None:
    with closing(sqlite3.connect(source)) as copy:
        [verdict] = copy.execute("PRAGMA integrity_check").fetchone()
        if verdict != "ok":
            raise Refusal(f"The database in the archive is damaged: {verdict}")
        connection.ensure_connection()
        copy.backup(connection.connection)


def _load_postgres(source: Path) -> None:
    script = source.with_suffix(".sql")
    _run(["pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(source)])
    connections.close_all()
    # What the archive does not know (a newer version's tables) would otherwise stay, and hold on to what is replaced.
    clean = "DROP SCHEMA public CASCADE; CREATE SCHEMA public;"
    psql = ["psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--single-transaction"]
    _run([*psql, f"--command={clean}", f"--file={script}", _name()])


def _name() -> str:
    return str(connection.settings_dict["NAME"])


def _run(command: Sequence[str]) -> None:
    if shutil.which(command[0]) is None:
        raise Refusal(f"{command[0]} is not installed: install PostgreSQL's client programs (postgresql-client).")
    done = subprocess.run(command, env=os.environ | _environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise Refusal(f"{command[0]} failed: {done.stderr.strip() or done.returncode}")


def _environment() -> dict[str, str]:
    """How PostgreSQL's programs find the server; a password on the command line could be read by others."""
    given = connection.settings_dict
    found = {"PGHOST": given["HOST"], "PGPORT": given["PORT"], "PGUSER": given["USER"], "PGPASSWORD": given["PASSWORD"]}
    return {name: str(value) for name, value in found.items() if value}
