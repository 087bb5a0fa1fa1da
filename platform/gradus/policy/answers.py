"""Answers of declared processes: JSON values read with a type, the same in Python and in SQL.

A value of another type than declared counts as missing, on both sides.
"""

from collections.abc import Callable
from typing import Any

from django.db import models
from django.db.models.sql.compiler import SQLCompiler

from gradus.policy.tree import Kind

COLUMN = "answers"
_TYPES: dict[str, tuple[type, ...]] = {
    "text": (str,), "whole": (int, float), "flag": (bool,), "date": (str,), "ref": (int, float),
}  # fmt: skip
_OUTPUT: "dict[str, type[models.Field[Any, Any]]]" = {
    "text": models.TextField, "whole": models.BigIntegerField, "flag": models.BooleanField,
    "date": models.TextField, "ref": models.BigIntegerField,
}  # fmt: skip
_POSTGRES = {
    "text": "CASE WHEN jsonb_typeof({json}) = 'string' THEN {text} END",
    "whole": "CASE WHEN jsonb_typeof({json}) = 'number' THEN ({text})::numeric END",
    "flag": "CASE WHEN jsonb_typeof({json}) = 'boolean' THEN ({text})::boolean END",
}
_SQLITE = {
    "text": "CASE WHEN JSON_TYPE({column}, {path}) = 'text' THEN JSON_EXTRACT({column}, {path}) END",
    "whole": "CASE WHEN JSON_TYPE({column}, {path}) IN ('integer', 'real') THEN JSON_EXTRACT({column}, {path}) END",
    "flag": "CASE JSON_TYPE({column}, {path}) WHEN 'true' THEN 1 WHEN 'false' THEN 0 END",
}
_FORM = {"date": "text", "ref": "whole"}


def reader(key: str, kind: Kind) -> Callable[[Any], Any]:
    """Read one answer of an object; what is absent or of another type is None."""
    types = _TYPES[kind]

    def read(obj: Any) -> Any:
        answers = obj.answers
        value = answers.get(key) if isinstance(answers, dict) else None
        return value if type(value) in types else None

    return read


class Answer(models.Func):
    """One answer as a typed SQL value. The key is a checked identifier, so it can stand in the SQL text."""

    def __init__(self, key: str, kind: str) -> None:
        if not key.isidentifier() or not key.isascii():
            raise ValueError(f"{key!r} cannot be the name of an answer")
        super().__init__(models.F(COLUMN), output_field=_OUTPUT[kind]())
        self.key, self.form = key, _FORM.get(kind, kind)

    def as_postgresql(self, compiler: SQLCompiler, *_: Any, **__: Any) -> tuple[str, tuple[Any, ...]]:
        column, params = compiler.compile(self.get_source_expressions()[0])
        json, text = f"({column} -> '{self.key}')", f"({column} ->> '{self.key}')"
        return f"({_POSTGRES[self.form].format(json=json, text=text)})", (*params, *params)

    def as_sqlite(self, compiler: SQLCompiler, *_: Any, **__: Any) -> tuple[str, tuple[Any, ...]]:
        column, _params = compiler.compile(self.get_source_expressions()[0])
        path = f"'$.{self.key}'"
        return f"({_SQLITE[self.form].format(column=column, path=path)})", ()
