"""Many commits may share one wait for the disk; afterwards each waits again."""

from contextlib import suppress

import pytest
from django.db import connection, transaction

from gradus.core.durability import flushed_together


def setting() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        return str(cursor.fetchone()[0])


def written() -> str:
    """The end of the server's log, which all its databases share and which grows at any moment."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_insert_lsn()")
        return str(cursor.fetchone()[0])


def flushed(place: str) -> bool:
    """Whether the log is on the disk up to that place."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_flush_lsn() >= %s::pg_lsn", [place])
        return bool(cursor.fetchone()[0])


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("divisor", [1, 0], ids=["as it should", "after an error"])
def test_leaving_waits_for_all_of_them(divisor: int) -> None:
    before, ours = setting(), ""
    with suppress(ZeroDivisionError), flushed_together():
        assert setting() == "off"
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE made_in_passing AS SELECT generate_series(1, 1000)")
            cursor.execute("DROP TABLE made_in_passing")
        ours = written()
        assert 1 / divisor
    assert flushed(ours)
    assert setting() == before == "on"


@pytest.mark.django_db(transaction=True)
def test_nothing_changes_inside_a_transaction_and_on_sqlite() -> None:
    with transaction.atomic(), flushed_together():
        if connection.vendor == "postgresql":
            assert setting() == "on"
    with flushed_together():
        assert connection.get_autocommit()
