"""What the workbench gives to a spreadsheet: times as a clock shows them, rows by the batch, however it is served."""

import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO

import pytest
import time_machine
from asgiref.sync import async_to_sync
from django.db import connection
from django.test import AsyncClient, Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from gradus.accounts.models import User
from gradus.core import spreadsheets
from tests.workflows.requests.conftest import MakeRequest

EXPORT = "/admin/requests/?scope=all&export="
FILED = datetime(2026, 11, 21, 18, 6, 32, 103864, tzinfo=UTC)


@pytest.fixture
def _filed(make_request: MakeRequest, instructor: User) -> Iterator[None]:
    with time_machine.travel(FILED, tick=False):
        make_request(title="White page")
        make_request("refund", title="Äpfel")
        yield


@pytest.mark.usefixtures("_filed")
def test_a_csv_is_marked_and_has_minutes_in_the_zone_of_its_reader(desk: Client, instructor: User) -> None:
    User.objects.filter(pk=instructor.pk).update(time_zone="Asia/Tokyo")
    response = desk.get(f"{EXPORT}csv")
    body = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="requests.csv"'
    assert body.startswith(b"\xef\xbb\xbf")
    assert "Äpfel" in body.decode()
    assert "2026-11-22 03:06," in body.decode()
    assert "103864" not in body.decode()


@pytest.mark.usefixtures("_filed")
def test_an_xlsx_has_real_moments_in_the_zone_of_its_reader(desk: Client, instructor: User) -> None:
    User.objects.filter(pk=instructor.pk).update(time_zone="Asia/Tokyo")
    head, row, _other = load_workbook(BytesIO(desk.get(f"{EXPORT}xlsx").content)).active.iter_rows()
    filed = next(cell for name, cell in zip(head, row, strict=True) if name.value == "Filed")
    assert filed.is_date
    assert filed.value.replace(microsecond=0) == datetime(2026, 11, 22, 3, 6, 32)  # noqa: DTZ001  # a spreadsheet knows no zones


@pytest.mark.usefixtures("_filed")
@pytest.mark.django_db(transaction=True)
def test_under_asgi_rows_are_sent_by_the_batch(instructor: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheets, "BATCH", 2)
    client = AsyncClient()
    client.force_login(instructor)

    async def pieces() -> list[str]:
        response = await client.get(f"{EXPORT}csv")
        assert response.is_async
        return [piece.decode() async for piece in response]

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        mark, first, second = async_to_sync(pieces)()
    assert mark == spreadsheets.MARK
    assert [first.count("\n"), second.count("\n")] == [2, 1]
    assert "Äpfel" in first
    assert "White page" in second


@pytest.mark.usefixtures("_filed")
def test_rows_are_read_while_they_are_sent(desk: Client) -> None:
    with CaptureQueriesContext(connection) as before:
        response = desk.get(f"{EXPORT}csv")
    assert not [query for query in before if "White page" in query["sql"] or "requests_request" in query["sql"]]
    with CaptureQueriesContext(connection) as after:
        list(response.streaming_content)  # type: ignore[attr-defined]
    assert len(after) == 1
