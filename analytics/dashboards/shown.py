"""A table within a page: what its links are, given the address it is shown at."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from django.core.paginator import Page
from django.http import HttpRequest

from analytics.tables import Cell, Column, Table
from gradus.core.spreadsheets import FORMATS

Sort = Literal["ascending", "descending", "none"]


@dataclass(frozen=True)
class Heading:
    """A column's head: `url` sorts by it, `sort` says how it is sorted now (for aria-sort)."""

    column: Column
    url: str
    sort: Sort


class Shown:
    """Several tables share an address: each has its own parameters, `courses-sort` and `courses-page`."""

    def __init__(self, request: HttpRequest, table: Table) -> None:
        self.request = request
        self.sort = request.GET.get(f"{table.key}-sort", "")
        self.table = table.sorted_by(self.sort)

    @cached_property
    def page(self) -> Page[int]:
        return self.table.page(self.request.GET.get(f"{self.table.key}-page", 1))

    @property
    def rows(self) -> Iterator[list[Cell]]:
        return self.table.cells(self.page)

    @property
    def headings(self) -> list[Heading]:
        return [self._heading(column) for column in self.table.columns]

    def _heading(self, column: Column) -> Heading:
        downwards = f"-{column.name}"
        now: Sort = {column.name: "ascending", downwards: "descending"}.get(self.sort, "none")  # type: ignore[assignment]
        # Numbers are looked at from the top, names from A.
        first, second = (downwards, column.name) if column.is_number else (column.name, downwards)
        return Heading(column, self._url(sort=second if self.sort == first else first, page=None), now)

    @property
    def previous_url(self) -> str:
        return self._url(page=self.page.previous_page_number()) if self.page.has_previous() else ""

    @property
    def next_url(self) -> str:
        return self._url(page=self.page.next_page_number()) if self.page.has_next() else ""

    @property
    def exports(self) -> list[tuple[str, str]]:
        """Name and address of each format."""
        return [(kind.upper(), self._address(table=self.table.key, export=kind)) for kind in FORMATS]

    def _url(self, **own: Any) -> str:
        address = self._address(**{f"{self.table.key}-{name}": value for name, value in own.items()})
        return f"{address}#{self.table.key}"

    def _address(self, **changed: Any) -> str:
        query = self.request.GET.copy()
        for name, value in changed.items():
            query.pop(name, None)
            if value is not None:
                query[name] = str(value)
        return f"?{query.urlencode()}"
