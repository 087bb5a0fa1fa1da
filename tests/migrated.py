"""What migrations wrote (roles, the root page, the locale), brought back after a test that emptied the database.

A transactional test flushes every table when it ends, and Django restores migrated rows only for tests that ask. The
others expect them, in whatever order they run.
"""

import json
import sqlite3
from typing import Any

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connections
from django.db.backends.sqlite3.creation import DatabaseCreation
from pytest_django.plugin import blocking_manager_key

KEPT: dict[str, Any] = {}
TYPES = "contenttypes.contenttype"
FLUSHES = {"transactional_db", "live_server", "django_db_reset_sequences", "django_db_serialized_rollback"}


class Migrated:
    """A pytest plugin: remembers that tables were flushed, and restores them before the next test that may care."""

    flushed = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        if not self.flushed:
            return
        if not restores_itself(item):
            with item.config.stash[blocking_manager_key].unblock():
                restore()
            self.flushed = False

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> None:
        self.flushed = self.flushed or flushes(item)


def flushes(item: Any) -> bool:
    marker = item.get_closest_marker("django_db")
    return bool(FLUSHES & set(item.fixturenames)) or (marker is not None and bool(marker.kwargs.get("transaction")))


def restores_itself(item: Any) -> bool:
    marker = item.get_closest_marker("django_db")
    asked = marker is not None and marker.kwargs.get("serialized_rollback")
    return bool(asked) or "django_db_serialized_rollback" in item.fixturenames


def keep() -> None:
    """Remember what migrations wrote, as soon as the test database is there."""
    connection = connections["default"]
    if connection.vendor == "sqlite":
        KEPT["database"] = sqlite3.connect(":memory:", check_same_thread=False)
        connection.ensure_connection()
        connection.connection.backup(KEPT["database"])
        DatabaseCreation.deserialize_db_from_string = copy_back  # type: ignore[method-assign]
    else:
        KEPT["rows"] = connection.creation.serialize_db_to_string()


def copy_back(creation: DatabaseCreation, _rows: str = "") -> None:
    """A hundred times as fast as making the rows again, and Django asks for it before each test that wants them."""
    creation.connection.ensure_connection()
    KEPT["database"].backup(creation.connection.connection)


def restore() -> None:
    """Only what the test database held when it was made; ids stay the same."""
    ContentType.objects.clear_cache()
    if "database" in KEPT:
        copy_back(connections["default"].creation)
    elif rows := json.loads(KEPT.get("rows", "[]")):
        call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=True)
        # Rows loaded before their content types would make new ones, under ids the old ones are about to take.
        rows.sort(key=lambda row: row["model"] != TYPES)
        connections["default"].creation.deserialize_db_from_string(json.dumps(rows))
        ContentType.objects.clear_cache()
        with connections["default"].cursor() as cursor:  # the flush has set the sequences back as well
            for statement in connections["default"].ops.sequence_reset_sql(no_style(), apps.get_models()):
                cursor.execute(statement)
