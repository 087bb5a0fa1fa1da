"""Database, cache and mail settings from one URL each, with the options each engine needs to survive many processes."""

from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.db.utils import ConnectionHandler

# With Django's defaults 70 of 300 concurrent tasks failed as "database is locked"; with these none did.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;",
}

MAIL_SCHEMES = tuple(environ.Env.EMAIL_SCHEMES)
POOL = {"min_size": 1, "max_size": 8, "timeout": 20}


def database(url: str) -> dict[str, Any]:
    """Django's settings for a database URL (`sqlite:///path` or `postgres://user:pass@host/name`)."""
    found: dict[str, Any] = environ.Env.db_url_config(url)
    engine = found.get("ENGINE", "")
    if engine == "django.db.backends.sqlite3":
        if found["NAME"] != ":memory:":
            Path(found["NAME"]).parent.mkdir(parents=True, exist_ok=True)
        found["OPTIONS"] = dict(SQLITE_OPTIONS)
    elif engine == "django.db.backends.postgresql":
        found["CONN_MAX_AGE"] = 0
    else:
        raise ImproperlyConfigured(f"DATABASE_URL={url!r}: expected sqlite:///... or postgres://...")
    return found


def pool(databases: ConnectionHandler = connections) -> None:
    """Let the threads of this process share its connections to PostgreSQL; call this before the first is opened.

    For servers of pages: there a kept connection is never reused (a thread per request). A process that forks must not
    have a pool: its children would go on talking over the same connections, and read each other's answers.
    """
    for found in databases.settings.values():
        if found["ENGINE"] == "django.db.backends.postgresql":
            found["OPTIONS"] = {**found.get("OPTIONS", {}), "pool": dict(POOL)}


def cache(redis_url: str, file: Path) -> dict[str, Any]:
    """Redis when there is one; else a file that the processes of this machine share."""
    if redis_url:
        return {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": redis_url, "KEY_PREFIX": "gradus"}
    return {
        "BACKEND": "gradus.core.cache.SharedFileCache",
        "LOCATION": str(file),
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }


def mail(url: str) -> dict[str, Any]:
    """Django's EMAIL settings for a URL (`smtp+tls://user:password@host:587`, `consolemail://`)."""
    found: dict[str, Any] = environ.Env.email_url_config(url)
    return {name: value for name, value in found.items() if name.startswith("EMAIL_")}
