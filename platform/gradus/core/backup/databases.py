"""One consistent copy of the database, and back, with each engine's own means."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path

from django.db import connection, connections, transaction

from gradus.core.backup.manifest import Refusal


def dump(target: Path) -> None:
    """Write the database as it is at one moment; the site may go on working."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with closing(sqlite3.connect(target)) as copy:
            connection.connection.backup(copy)
    else:
        _run(["pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}", _name()])


def check(source: Path, migrations: Iterable[str]) -> None:
    """Raises Refusal unless the copy is whole and has just these migrations. Touches nothing."""
    found = _migrations_in_sqlite(source) if connection.vendor == "sqlite" else _migrations_in_postgres(source)
    if not found or found != set(migrations):
        raise Refusal("The database in the archive is not the one its manifest speaks of.")


def load(source: Path) -> None:
    """Replace the database by a checked copy, all of it or nothing."""
    if connection.vendor == "sqlite":
        _load_sqlite(source)
    else:
        _load_postgres(source)


def is_empty() -> bool:
    return not connection.introspection.table_names()


def _migrations_in_sqlite(source: Path) -> set[str]:
    try:
        with closing(sqlite3.connect(source)) as copy:
            [verdict] = copy.execute("PRAGMA integrity_check").fetchone()
            if verdict != "ok":
                raise Refusal(f"The database in the archive is damaged: {verdict}")
            return {f"{app}.{name}" for app, name in copy.execute("SELECT app, name FROM django_migrations")}
    except sqlite3.Error as error:
        raise Refusal(f"The database in the archive is damaged: {error}") from None


def _migrations_in_postgres(source: Path) -> set[str]:
    """Read from the archive as text: nothing of it is run."""
    said = _run(["pg_restore", "--data-only", "--schema=public", "--table=django_migrations", "--file=-", str(source)])
    rows = [line.split("\t") for line in said.splitlines()]
    return {f"{row[1]}.{row[2]}" for row in rows if len(row) == 4 and row[0].isdecimal()}


def _load_sqlite(source: Path) -> None:
    with closing(sqlite3.connect(source)) as copy:
        connection.ensure_connection()
        copy.backup(connection.connection)


# Where the data of before waits until all of the archive's is in its place.
BEFORE = "before_restore"


def _load_postgres(source: Path) -> None:
    """By pg_restore alone: a script for psql could bring commands of its own. What fails leaves all as it was."""
    _set_aside()
    try:
        options = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--schema=public"]
        _run(["pg_restore", *options, f"--dbname={_name()}", str(source)])
    except Refusal:
        _execute("DROP SCHEMA public CASCADE", f"ALTER SCHEMA {BEFORE} RENAME TO public")
        raise
    _execute(f"DROP SCHEMA {BEFORE} CASCADE")


def _set_aside() -> None:
    """An empty schema. What a restore that was cut short had set aside stays: it is the data of before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [BEFORE])
        cut_short = cursor.fetchone() is not None
    first = "DROP SCHEMA public CASCADE" if cut_short else f"ALTER SCHEMA public RENAME TO {BEFORE}"
    _execute(first, "CREATE SCHEMA public")


def _execute(*statements: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    connections.close_all()  # what others keep of the schema of before is no longer true


def _name() -> str:
    return str(connection.settings_dict["NAME"])


def _run(command: Sequence[str]) -> str:
    """What the program wrote. Raises Refusal with its own words."""
    if shutil.which(command[0]) is None:
        raise Refusal(f"{command[0]} is not installed: install PostgreSQL's client programs (postgresql-client).")
    done = subprocess.run(command, env=os.environ | _environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise Refusal(f"{command[0]} failed: {done.stderr.strip() or done.returncode}")
    return done.stdout


def _environment() -> dict[str, str]:
    """How PostgreSQL's programs find the server; a password on the command line could be read by others."""
    given = connection.settings_dict
    found = {"PGHOST": given["HOST"], "PGPORT": given["PORT"], "PGUSER": given["USER"], "PGPASSWORD": given["PASSWORD"]}
    return {name: str(value) for name, value in found.items() if value}
