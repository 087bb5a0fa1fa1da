"""Many rows at once: COPY on PostgreSQL, which is several times faster than INSERT, and INSERT elsewhere."""

from collections.abc import Iterable
from typing import Any

from django.db import connection, models


def insert(model: type[models.Model], objs: Iterable[models.Model], *, batch: int = 2000) -> None:
    """Write new rows whose keys nobody needs: on PostgreSQL the instances do not learn theirs."""
    if connection.vendor != "postgresql":
        model._base_manager.bulk_create(objs, batch_size=batch)
        return
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    with connection.cursor() as cursor, cursor.copy(f"COPY {quote(model._meta.db_table)} ({columns}) FROM STDIN") as to:
        for obj in objs:
            to.write_row([_value(field, obj) for field in fields])


def _value(field: models.Field[Any, Any], obj: models.Model) -> Any:
    return field.get_db_prep_save(getattr(obj, str(field.attname)), connection)
