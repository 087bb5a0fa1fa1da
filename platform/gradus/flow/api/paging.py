"""Pages by cursor: the number of the last row of a page. Rows that come meanwhile shift nothing."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

PER_PAGE = 50


def page_of(found: QuerySet[Any], key: str, show: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    """The first page of what is ordered by this unique number; `next` is the cursor of the one after."""
    rows = list(found[: PER_PAGE + 1])
    page, more = rows[:PER_PAGE], len(rows) > PER_PAGE
    return {"items": [show(row) for row in page], "next": getattr(page[-1], key) if more else None}
