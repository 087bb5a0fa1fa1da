"""How a frame is shown: formatted cells, sorting, pages."""

import pandas as pd
import pytest

from analytics.tables import Column, Table

COLUMNS = (Column("name", "Student"), Column("rate", "Learn rate", "percent"))


@pytest.fixture
def table() -> Table:
    frame = pd.DataFrame({"name": ["bert", "Ada", "Cy"], "rate": [0.5, float("nan"), 0.25], "id": [1, 2, 3]})
    return Table("people", "People", frame, COLUMNS, link=lambda row: f"/people/{row['id']}/", per_page=2)


def names(table: Table) -> list[str]:
    return table.frame["name"].tolist()


def test_texts_are_sorted_without_regard_to_case(table: Table) -> None:
    assert names(table.sorted_by("name")) == ["Ada", "bert", "Cy"]
    assert names(table.sorted_by("-name")) == ["Cy", "bert", "Ada"]


def test_missing_numbers_come_last_either_way(table: Table) -> None:
    assert names(table.sorted_by("rate")) == ["Cy", "bert", "Ada"]
    assert names(table.sorted_by("-rate")) == ["bert", "Cy", "Ada"]


@pytest.mark.parametrize("wanted", ["", "id", "-password", "__class__"])
def test_only_columns_that_are_shown_can_be_sorted_by(table: Table, wanted: str) -> None:
    assert names(table.sorted_by(wanted)) == ["bert", "Ada", "Cy"]


def test_a_page_has_its_rows_and_the_first_cell_leads_behind_them(table: Table) -> None:
    first = [[(cell.text, cell.url) for cell in row] for row in table.cells(table.page(1))]
    assert first == [[("bert", "/people/1/"), ("50.0", "")], [("Ada", "/people/2/"), ("\N{EN DASH}", "")]]
    assert [row[0].text for row in table.cells(table.page(2))] == ["Cy"]


@pytest.mark.parametrize(("asked", "given"), [("0", 2), ("99", 2), ("x", 1), ("", 1)])
def test_a_page_that_does_not_exist_becomes_one_that_does(table: Table, asked: str, given: int) -> None:
    assert table.page(asked).number == given


def test_an_empty_table_has_one_page_without_rows(table: Table) -> None:
    empty = Table("people", "People", table.frame.iloc[:0], COLUMNS)
    assert list(empty.cells(empty.page(1))) == []
