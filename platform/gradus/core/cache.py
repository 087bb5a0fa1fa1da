"""The cache of one machine without Redis: a small SQLite file that all its processes share.

Django's own choices do not fit rate limits: memory is per process, files and database tables count
with a read followed by a write, and a table would also sit in the transaction of whoever asks (a
refused request would undo its own count) and take the main database's only write lock.
"""

import os
import pickle
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache

PATIENCE = 10  # seconds
SWEEP_EVERY = 500
SCHEMA = "CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY, value BLOB, expires REAL) WITHOUT ROWID"
ALIVE = "(expires IS NULL OR expires > ?)"


class SharedFileCache(BaseCache):
    """LOCATION is the file. Safe between threads and processes; `add` and `incr` are atomic."""

    # One list of idle connections per file and process: Django makes a cache object per thread,
    # and under ASGI a thread per request.
    _idle: ClassVar[dict[tuple[int, str], list[sqlite3.Connection]]] = {}
    _lock = threading.Lock()
    _writes = 0

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._path = str(location)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self.get_many([key], version).get(key, default)

    def get_many(self, keys: Any, version: int | None = None) -> dict[str, Any]:
        names = {self.make_and_validate_key(key, version=version): key for key in keys}
        marks = ",".join("?" * len(names))
        query = f"SELECT key, value FROM entries WHERE key IN ({marks}) AND {ALIVE}"  # noqa: S608  # only marks
        with self._connection() as db:
            rows = db.execute(query, [*names, time.time()]).fetchall()
        return {names[name]: _load(value) for name, value in rows}

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._write(
            "INSERT INTO entries VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET value=excluded.value,"
            " expires=excluded.expires",
            (self.make_and_validate_key(key, version=version), _dump(value), self._expiry(timeout)),
        )

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        changed = self._write(
            "INSERT INTO entries VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET value=excluded.value,"
            " expires=excluded.expires WHERE entries.expires <= ?",
            (self.make_and_validate_key(key, version=version), _dump(value), self._expiry(timeout), time.time()),
        )
        return changed == 1

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        name = self.make_and_validate_key(key, version=version)
        query = f"UPDATE entries SET value = value + ? WHERE key = ? AND {ALIVE} RETURNING value"  # noqa: S608
        with self._connection() as db:
            rows = db.execute(query, (delta, name, time.time())).fetchall()
        if not rows:
            raise ValueError(f"Key {key!r} not found")
        return int(rows[0][0])

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        name = self.make_and_validate_key(key, version=version)
        query = f"UPDATE entries SET expires = ? WHERE key = ? AND {ALIVE}"  # noqa: S608
        return self._write(query, (self._expiry(timeout), name, time.time())) == 1

    def delete(self, key: str, version: int | None = None) -> bool:
        query = f"DELETE FROM entries WHERE key = ? AND {ALIVE}"  # noqa: S608
        return self._write(query, (self.make_and_validate_key(key, version=version), time.time())) == 1

    def has_key(self, key: str, version: int | None = None) -> bool:
        return bool(self.get_many([key], version))

    def clear(self) -> None:
        self._write("DELETE FROM entries", ())

    def _write(self, statement: str, values: tuple[Any, ...]) -> int:
        with self._connection() as db:
            changed = db.execute(statement, values).rowcount
            SharedFileCache._writes += 1
            if SharedFileCache._writes % SWEEP_EVERY == 0:
                self._sweep(db)
        return changed

    def _sweep(self, db: sqlite3.Connection) -> None:
        db.execute("DELETE FROM entries WHERE expires <= ?", (time.time(),))
        excess = db.execute("SELECT count(*) FROM entries").fetchone()[0] - self._max_entries
        if excess > 0:
            db.execute("DELETE FROM entries WHERE key IN (SELECT key FROM entries ORDER BY expires LIMIT ?)", (excess,))

    def _expiry(self, timeout: Any) -> float | None:
        found = self.get_backend_timeout(timeout)
        return None if found is None else float(found)

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        idle = self._idle.setdefault((os.getpid(), self._path), [])
        with self._lock:
            db = idle.pop() if idle else None
        db = db or self._open()
        try:
            yield db
        except BaseException:
            db.close()
            raise
        with self._lock:
            idle.append(db)

    def _open(self) -> sqlite3.Connection:
        Path(self._path).parent.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(self._path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
        until = time.monotonic() + PATIENCE
        while True:
            try:
                # What is lost with the power is only a cache.
                db.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; {SCHEMA}")
            except sqlite3.OperationalError as error:  # two processes make the file: SQLite does not wait for that
                if "locked" not in str(error) or time.monotonic() > until:
                    db.close()
                    raise
                time.sleep(0.02)
            else:
                return db


def _dump(value: Any) -> int | bytes:
    """Whole numbers stay numbers, so that the database itself can count."""
    return value if type(value) is int else pickle.dumps(value, pickle.HIGHEST_PROTOCOL)


def _load(value: int | bytes) -> Any:
    return value if isinstance(value, int) else pickle.loads(value)  # noqa: S301  # our own file, as in Django
