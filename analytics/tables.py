"""A frame as people read it: the table beside a chart, a page of it, and the rows of its export are one thing."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

import pandas as pd
from django.core.paginator import Page, Paginator
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

Kind = Literal["text", "count", "percent", "minutes", "day"]
Value = str | int | float | date | None
NOTHING = "\N{EN DASH}"


@dataclass(frozen=True)
class Column:
    """A column of the frame. Percentages are shares between 0 and 1 in the frame, minutes are seconds: they are
    rounded once, in `value`, so that page and export say the same.
    """

    name: str
    label: str
    kind: Kind = "text"

    @property
    def unit(self) -> str:
        return {"percent": "%", "minutes": _("min")}.get(self.kind, "")

    @property
    def is_number(self) -> bool:
        return self.kind in {"count", "percent", "minutes"}

    def value(self, raw: Any) -> Value:
        if pd.isna(raw):
            return None
        match self.kind:
            case "percent":
                return round(float(raw) * 100, 1)
            case "minutes":
                return round(float(raw) / 60, 1)
            case "count":
                return int(raw)
            case "day":
                return pd.Timestamp(raw).date()
            case _:
                return str(raw)

    def text(self, raw: Any) -> str:
        match self.value(raw):
            case None:
                return NOTHING
            case date() as day:
                return date_format(day, "DATE_FORMAT")
            case str() as text:
                return text
            case int() as count:
                return number_format(count, use_l10n=True, force_grouping=True)
            case number:
                return number_format(number, 1, use_l10n=True, force_grouping=True)


@dataclass(frozen=True)
class Cell:
    text: str
    column: Column
    url: str = ""


Link = Callable[[dict[str, Any]], str]


@dataclass(frozen=True)
class Table:
    """`link` gives the address behind a row's first cell; `sort` is a column's name, with a minus for downwards."""

    key: str
    title: str
    frame: pd.DataFrame
    columns: tuple[Column, ...]
    link: Link | None = None
    sort: str = ""
    per_page: int = 25

    def sorted_by(self, wanted: str) -> "Table":
        """Sorted by a column of this table; an unknown name leaves the order as it is."""
        name = wanted.removeprefix("-")
        if name not in {column.name for column in self.columns}:
            return self
        return replace(self, sort=wanted, frame=_sorted(self.frame, name, ascending=not wanted.startswith("-")))

    def page(self, number: str | int) -> Page[int]:
        """A page of row positions; a number that is none, or too large, gives the nearest page there is."""
        return Paginator(range(len(self.frame)), self.per_page).get_page(number)

    def url(self, row: Mapping[Any, Any]) -> str:
        return self.link({str(name): value for name, value in row.items()}) if self.link else ""

    def cells(self, page: Page[int]) -> Iterator[list[Cell]]:
        rows = self.frame.iloc[page.start_index() - 1 : page.end_index()] if len(self.frame) else self.frame
        for row in rows.to_dict("records"):
            urls = [self.url(row)] + [""] * (len(self.columns) - 1)
            yield [Cell(c.text(row[c.name]), c, url) for c, url in zip(self.columns, urls, strict=True)]

    def values(self) -> Iterator[list[Value]]:
        """Every row, in the order shown: what an export writes."""
        names = [column.name for column in self.columns]
        for row in self.frame[names].itertuples(index=False, name=None):
            yield [column.value(raw) for column, raw in zip(self.columns, row, strict=True)]

    @property
    def export_labels(self) -> list[str]:
        return [f"{column.label} ({column.unit})" if column.unit else column.label for column in self.columns]


def _sorted(frame: pd.DataFrame, name: str, *, ascending: bool) -> pd.DataFrame:
    """Stable, text without regard to case, missing values last either way."""
    fold = (lambda column: column.str.casefold()) if pd.api.types.is_string_dtype(frame[name]) else None
    return frame.sort_values(name, ascending=ascending, key=fold, kind="stable", na_position="last")
