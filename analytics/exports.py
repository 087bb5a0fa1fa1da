"""CSV and XLSX of a table, row for row what is shown, and safe to open in a spreadsheet."""

import csv
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from openpyxl import Workbook

from analytics.tables import Table, Value
from gradus.core.spreadsheets import inert
from gradus.core.streams import as_read_now

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Echo:
    """A file that hands back what is written to it, for the csv module to stream into a response."""

    def write(self, value: str) -> str:
        return value


def rows(table: Table) -> Iterator[list[Value]]:
    yield [inert(label) for label in table.export_labels]
    for values in table.values():
        yield [inert(value) for value in values]


def as_csv(table: Table) -> HttpResponseBase:
    """Streamed, with a byte order mark: without it a spreadsheet takes UTF-8 for something else."""
    writer = csv.writer(Echo())
    lines = (writer.writerow(row) for row in rows(table))
    return StreamingHttpResponse(as_read_now(_marked(lines)), content_type="text/csv; charset=utf-8")


def _marked(lines: Iterator[Any]) -> Iterator[Any]:
    yield "\ufeff"
    yield from lines


def as_xlsx(table: Table) -> HttpResponseBase:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows(table):
        sheet.append(row)
    target = BytesIO()
    book.save(target)
    return HttpResponse(target.getvalue(), content_type=XLSX)


FORMATS: dict[str, Callable[[Table], HttpResponseBase]] = {"csv": as_csv, "xlsx": as_xlsx}


def response(table: Table, kind: str, name: str) -> HttpResponseBase:
    """A download of the table in one of FORMATS; never kept by a cache between us and the reader."""
    answer = FORMATS[kind](table)
    answer["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    answer["Cache-Control"] = "private, no-store"
    return answer
