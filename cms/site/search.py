"""Wagtail's search in our database, for whatever people type: SQLite's stumbles over quotation marks."""

import re
from functools import lru_cache
from typing import Any

from modelsearch.backends import database
from modelsearch.query import MATCH_NONE

NOT_SEARCHABLE = re.compile(r"[^\w\s'-]+")


def readable(words: str) -> str:
    return NOT_SEARCHABLE.sub(" ", words).strip()


def SearchBackend(params: dict[str, Any]) -> Any:  # noqa: N802  # the name Wagtail looks for
    """The backend of this database, which asks for nothing it could not read."""
    kind: Any = type(database.SearchBackend(params))
    return _careful(kind)(params)


@lru_cache
def _careful(backend: Any) -> Any:
    class Careful(backend):
        def _search(self, compiler: Any, query: Any, found_in: Any, **options: Any) -> Any:
            asked = (readable(query) or MATCH_NONE) if isinstance(query, str) and query else query
            return super()._search(compiler, asked, found_in, **options)

    return Careful
