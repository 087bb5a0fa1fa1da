"""What migrations wrote (roles, the root page, the locale), brought back after a test that emptied the database.

A transactional test flushes every table when it ends, and Django restores migrated rows only for tests that ask. The
others expect them, in whatever order they run.
"""

from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from pytest_django.plugin import blocking_manager_key

FLUSHES = {"transactional_db", "live_server", "django_db_reset_sequences", "django_db_serialized_rollback"}


class Migrated:
    """A pytest plugin: remembers that tables were flushed, and restores them before the next test that may care."""

    flushed = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        if self.flushed and not flushes(item):
            with item.config.stash[blocking_manager_key].unblock():
                restore()
            self.flushed = False

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> None:
        self.flushed = self.flushed or flushes(item)


def flushes(item: Any) -> bool:
    marker = item.get_closest_marker("django_db")
    return bool(FLUSHES & set(item.fixturenames)) or (marker is not None and bool(marker.kwargs.get("transaction")))


def restore() -> None:
    """Only what the test database held when it was made; ids stay the same."""
    migrated = vars(connection).get("_test_serialized_contents")
    if migrated:
        call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=True)
        connection.creation.deserialize_db_from_string(migrated)
