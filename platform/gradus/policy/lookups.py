"""The opposites of `exact` and `in`, so that a negated leaf never needs NOT around it.

Both subclass the originals, so values are prepared in the same way. They are used on the right of an
explicit `IS NULL` where something may be missing.
"""

from typing import Any

from django.db.models import Field
from django.db.models.lookups import Exact, In
from django.db.models.sql.compiler import SQLCompiler


@Field.register_lookup
class NotEqual(Exact):
    lookup_name = "ne"

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} <> {right}", (*left_params, *right_params)


@Field.register_lookup
class NotIn(In):
    lookup_name = "notin"

    def get_rhs_op(self, connection: Any, rhs: str) -> str:
        return f"NOT IN {rhs}"
