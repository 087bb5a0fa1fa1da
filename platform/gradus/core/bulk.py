"""Many rows at once: COPY on PostgreSQL, several times faster than INSERT or a list of cases, and those elsewhere."""

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from operator import attrgetter
from typing import Any, TypeVar

from django.db import connections, models, router
from django.db.backends.base.base import BaseDatabaseWrapper

M = TypeVar("M", bound=models.Model)
Column = tuple[Any, Callable[[Any], Any]]  # a field, and how its value is read
PLAIN = frozenset({int, str, bool, float, type(None)})


def create(model: type[M], objs: Sequence[M], *, batch: int = 2000) -> list[M]:
    """Write new rows and return them with their keys, which are taken from the table's sequence beforehand."""
    connection = connections[router.db_for_write(model)]
    if connection.vendor != "postgresql" or not objs:
        return model._base_manager.bulk_create(objs, batch_size=batch)
    for obj, key in zip(objs, _keys(connection, model, len(objs)), strict=True):
        obj.pk = key
    _copy(connection, model._meta.db_table, objs, _readers(model._meta.concrete_fields))
    for obj in objs:
        obj._state.adding, obj._state.db = False, connection.alias
    return list(objs)


def insert(model: type[M], objs: Iterable[M], *, batch: int = 2000) -> None:
    """Write new rows whose keys nobody needs: on PostgreSQL the instances do not learn theirs."""
    connection = connections[router.db_for_write(model)]
    if connection.vendor != "postgresql":
        model._base_manager.bulk_create(objs, batch_size=batch)
        return
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
    _copy(connection, model._meta.db_table, objs, _readers(fields))


def update(model: type[M], objs: Sequence[M], names: Iterable[str], *, batch: int = 500) -> None:
    """Write these fields of rows that are there, as the objects have them; within a transaction."""
    connection = connections[router.db_for_write(model)]
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    if connection.vendor != "postgresql":
        model._base_manager.bulk_update(objs, [field.name for field in fields], batch_size=batch)
        return
    quote, key = connection.ops.quote_name, model._meta.pk
    table, new = quote(model._meta.db_table), quote("bulk_update")
    columns = [quote(str(field.column)) for field in (key, *fields)]
    pairs = ", ".join(f"{column} = {new}.{column}" for column in columns[1:])
    with connection.cursor() as cursor:
        # It has the types of the table's columns, and is gone with the transaction should anything fail.
        empty = f"SELECT {', '.join(columns)} FROM {table} LIMIT 0"  # noqa: S608 - names of our own
        cursor.execute(f"CREATE TEMP TABLE {new} ON COMMIT DROP AS {empty}")
        _copy(connection, "bulk_update", objs, [(field, attrgetter(field.attname)) for field in (key, *fields)])
        cursor.execute(f"ANALYZE {new}")
        same = f"{table}.{columns[0]} = {new}.{columns[0]}"
        cursor.execute(f"UPDATE {table} SET {pairs} FROM {new} WHERE {same}")  # noqa: S608 - the same
        cursor.execute(f"DROP TABLE {new}")


def _keys(connection: BaseDatabaseWrapper, model: type[models.Model], number: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [connection.ops.quote_name(model._meta.db_table), model._meta.pk.column, number],
        )
        return [key for (key,) in cursor.fetchall()]


def _copy(connection: BaseDatabaseWrapper, table: str, objs: Iterable[models.Model], columns: Sequence[Column]) -> None:
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field, _read in columns)
    readers = [(read, _preparing(field, connection)) for field, read in columns]
    with connection.cursor() as cursor, cursor.copy(f"COPY {quote(table)} ({names}) FROM STDIN") as to:
        for obj in objs:
            to.write_row([prepare(read(obj)) for read, prepare in readers])


def _readers(fields: Iterable[Any]) -> list[Column]:
    return [(field, _reader(field)) for field in fields]


def _reader(field: Any) -> Callable[[Any], Any]:
    """The value of an object to be written: some fields make one then, such as the moment it was added."""
    if (
        getattr(field, "auto_now", False)
        or getattr(field, "auto_now_add", False)
        or isinstance(field, models.FileField)
    ):
        return lambda obj: field.pre_save(obj, add=True)
    return attrgetter(str(field.attname))


def _preparing(field: Any, connection: BaseDatabaseWrapper) -> Callable[[Any], Any]:
    """What the field makes of a value, asked only where the value is none that the database takes as it is."""

    def prepared(value: Any) -> Any:
        return field.get_db_prep_save(value, connection)

    def quick(value: Any) -> Any:
        kind = type(value)
        plain = kind in PLAIN or (kind is datetime and value.tzinfo is not None)
        return value if plain else prepared(value)

    return prepared if isinstance(field, models.JSONField) else quick


@contextmanager
def uncollected() -> Iterator[None]:
    """Without looking for cycles meanwhile, which a load of plain rows has none of: a quarter of its time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
