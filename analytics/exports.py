"""CSV and XLSX of a table, row for row what is shown."""

from collections.abc import Iterator

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from analytics.tables import Table, Value
from gradus.core import spreadsheets


def rows(table: Table) -> Iterator[list[Value]]:
    yield list(table.export_labels)
    yield from table.values()


def response(request: HttpRequest, table: Table, kind: str, name: str) -> HttpResponseBase:
    """A download of the table in one of the formats of a spreadsheet."""
    return spreadsheets.download(request, rows(table), kind, name)
