"""A download says exactly what the table says, and nothing in it is a formula."""

import csv
from collections.abc import Iterable
from datetime import date
from io import BytesIO, StringIO
from typing import Any

import pandas as pd
import pytest
from django.http.response import HttpResponseBase
from django.test import RequestFactory
from openpyxl import load_workbook

from analytics import exports
from analytics.tables import Column, Table

COLUMNS = (
    Column("name", "Student"),
    Column("day", "Week", "day"),
    Column("watched", "Watched", "minutes"),
    Column("rate", "Learn rate", "percent"),
    Column("students", "Students", "count"),
)


def table(*names: str) -> Table:
    frame = pd.DataFrame(
        {
            "name": pd.Series(names, dtype="str"),
            "day": pd.Timestamp("2026-01-05"),
            "watched": 90,
            "rate": 0.4321,
            "students": 1200,
        }
    )
    return Table("test", "Test", frame, COLUMNS)


def body(response: HttpResponseBase) -> bytes:
    content: Iterable[Any] = response  # both kinds of response are iterated the same way
    return b"".join(content)


def csv_rows(some: Table) -> list[list[str]]:
    text = body(exports.response(RequestFactory().get("/"), some, "csv", "x")).decode("utf-8-sig")
    return list(csv.reader(StringIO(text)))


def xlsx_cells(some: Table) -> list[tuple[Any, ...]]:
    return list(
        load_workbook(BytesIO(body(exports.response(RequestFactory().get("/"), some, "xlsx", "x")))).active.iter_rows()
    )


def test_a_csv_has_the_rows_and_units_of_the_table() -> None:
    assert csv_rows(table("Ada")) == [
        ["Student", "Week", "Watched (min)", "Learn rate (%)", "Students"],
        ["Ada", "2026-01-05", "1.5", "43.2", "1200"],
    ]


def test_an_xlsx_has_the_same_rows_with_numbers_and_days_as_such() -> None:
    _, row = xlsx_cells(table("Ada"))
    assert [cell.value for cell in row][2:] == [1.5, 43.2, 1200]
    assert row[1].value.date() == date(2026, 1, 5)
    assert row[1].is_date


def test_an_export_has_every_row_and_not_just_the_page_shown() -> None:
    many = table(*(f"Student {number}" for number in range(60)))
    assert many.page(1).paginator.num_pages == 3
    assert len(csv_rows(many)) == len(xlsx_cells(many)) == 61


def test_an_export_keeps_the_order_shown() -> None:
    rows = csv_rows(table("bert", "Ada", "Cy").sorted_by("-name"))
    assert [row[0] for row in rows[1:]] == ["Cy", "bert", "Ada"]


@pytest.mark.parametrize(
    "name",
    [
        "=1+1",
        '=HYPERLINK("http://example.com")',
        "+49",
        "-2",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "\uff1d1",
        "|x",
    ],
)
def test_a_text_that_would_be_a_formula_is_put_behind_an_apostrophe(name: str) -> None:
    assert csv_rows(table(name))[1][0].startswith("'")
    cell = xlsx_cells(table(name))[1][0]
    assert cell.value.startswith("'")
    assert cell.data_type == "s"


@pytest.mark.parametrize("name", ["Ada", "O'Brien", "1,5", "A=B", "Jean-Luc", "\u00c5sa"])
def test_other_texts_stay_as_they_are(name: str) -> None:
    assert csv_rows(table(name))[1][0] == name
    assert xlsx_cells(table(name))[1][0].value == name


def test_a_missing_number_is_an_empty_cell() -> None:
    some = table("Ada")
    assert csv_rows(Table("t", "T", some.frame.assign(rate=float("nan")), COLUMNS))[1][3] == ""


def test_an_empty_table_exports_its_head() -> None:
    assert len(csv_rows(table())) == len(xlsx_cells(table())) == 1


def test_a_download_has_a_name_and_is_kept_by_no_cache() -> None:
    response = exports.response(RequestFactory().get("/"), table("Ada"), "csv", "learn-rate")
    assert response["Content-Disposition"] == 'attachment; filename="learn-rate.csv"'
    assert response["Cache-Control"] == "private, no-store"
