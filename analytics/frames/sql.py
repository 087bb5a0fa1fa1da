"""From rows to a typed frame."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
from django.db import connection
from django.db.models import QuerySet

Types = Mapping[str, str]


def compiled(queryset: QuerySet[Any, Any]) -> tuple[str, list[Any]]:
    """A queryset as a part of a larger statement: its columns are named as in its values()."""
    sql, params = queryset.order_by().query.sql_with_params()
    return f"({sql})", list(params)


def read(sql: str, params: Sequence[Any], types: Types) -> pd.DataFrame:
    """Run a statement; `types` names its columns in order, with their dtypes."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return typed(cursor.fetchall(), types)


def typed(rows: Iterable[Sequence[Any]], types: Types) -> pd.DataFrame:
    """A frame of these rows; an empty one has its columns and types too."""
    columns = list(zip(*rows, strict=True)) or [()] * len(types)
    series = (pd.Series(list(column), dtype=kind) for column, kind in zip(columns, types.values(), strict=True))
    return pd.DataFrame(dict(zip(types, series, strict=True)))
