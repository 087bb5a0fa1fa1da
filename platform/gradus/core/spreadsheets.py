"""Rows on their way into a spreadsheet: CSV and XLSX, safe to open there."""

import csv
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from io import BytesIO
from itertools import islice
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from gradus.core.streams import as_read_now, for_server

V = TypeVar("V")
Rows = Iterable[Iterable[Any]]  # the first one holds the headings

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MARK = "\ufeff"  # without it a spreadsheet takes UTF-8 for something else
BATCH = 200  # rows read and sent at a time

# A cell that begins like this is read as a formula by one spreadsheet or another, some after trimming it.
FORMULA_STARTS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "|", "%")
CONTROL = dict.fromkeys(range(32), " ")


def inert(value: V) -> V | str:
    """The value with a text that would start a formula put behind an apostrophe; numbers and days are themselves."""
    if not isinstance(value, str):
        return value
    text = value.translate(CONTROL)
    return f"'{text}" if text.lstrip().startswith(FORMULA_STARTS) else text


def download(request: HttpRequest, rows: Rows, kind: str, name: str) -> HttpResponseBase:
    """The rows as one of FORMATS; never kept by a cache between us and the reader."""
    answer = FORMATS[kind](request, rows)
    answer["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _csv(request: HttpRequest, rows: Rows) -> HttpResponseBase:
    pieces = for_server(request, as_read_now(_written(rows)))
    return StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")


def _written(rows: Rows) -> Iterator[str]:
    writer = csv.writer(_Echo())
    lines = (writer.writerow([_minute(inert(cell)) for cell in row]) for row in rows)
    yield MARK
    while batch := "".join(islice(lines, BATCH)):
        yield batch


def _minute(value: Any) -> Any:
    return f"{_local(value):%Y-%m-%d %H:%M}" if isinstance(value, datetime) else value


def _xlsx(_request: HttpRequest, rows: Rows) -> HttpResponseBase:
    from openpyxl import Workbook  # takes a while to load, and most processes never write one

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append([_local(inert(cell)) for cell in row])
    target = BytesIO()
    book.save(target)
    return HttpResponse(target.getvalue(), content_type=XLSX)


def _local(value: Any) -> Any:
    """A moment as the reader's clock shows it: a spreadsheet knows no zones."""
    return timezone.make_naive(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


class _Echo:
    """A file that hands back what is written to it, for the csv module to stream into a response."""

    def write(self, value: str) -> str:
        return value


FORMATS: dict[str, Callable[[HttpRequest, Rows], HttpResponseBase]] = {"csv": _csv, "xlsx": _xlsx}
