"""Waiting for the disk once for many transactions."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connections

SYNC = "SELECT pg_logical_emit_message(true, 'gradus', 'flush')"


@contextmanager
def flushed_together(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Commits inside do not wait for the disk each; leaving waits once for all of them.

    For work whose outcome nobody is told before the end. A server that crashes on the way loses the last of it whole,
    as if it had not been begun. PostgreSQL writes its log in order, so one commit that waits has waited for all before.
    Elsewhere, and inside a transaction, nothing changes. The connection must stay the same inside: do not close it.
    """
    connection = connections[using]
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET synchronous_commit")
            cursor.execute(SYNC)
