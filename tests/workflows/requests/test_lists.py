"""What staff read in the queue, on an object's page and in its export."""

import csv
import io
import re

import pytest
from django.test import Client

from gradus import flow
from gradus.accounts.models import User
from tests.workflows.requests.conftest import MakeRequest

QUEUE = "/admin/requests/"


def _heads(html: str) -> list[str]:
    return [re.sub(r"<[^>]+>|\s+", " ", head).strip() for head in re.findall(r"<th\b.*?</th>", html, re.DOTALL)]


def _rows(desk: Client, query: str) -> list[dict[str, str]]:
    response = desk.get(f"{QUEUE}?{query}")
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))  # type: ignore[attr-defined]


def test_a_list_shows_and_names_the_moment_it_is_sorted_by(desk: Client, make_request: MakeRequest) -> None:
    make_request()
    waiting = _heads(desk.get(QUEUE).content.decode())
    everything = _heads(desk.get(f"{QUEUE}?scope=all").content.decode())
    assert any("Waiting since" in head for head in waiting)
    assert not any("Filed" in head for head in waiting)
    assert any("Filed" in head for head in everything)
    assert any("Changed" in head for head in everything)


def test_a_students_list_shows_when_each_was_filed(client: Client, student: User, make_request: MakeRequest) -> None:
    make_request()
    client.force_login(student)
    assert any("Filed" in head for head in _heads(client.get("/requests/").content.decode()))
    assert any("Created" in head for head in _heads(client.get("/steps/requests.request/").content.decode()))


def test_staff_read_fields_in_their_own_words(desk: Client, make_request: MakeRequest) -> None:
    page = desk.get(f"{QUEUE}{make_request().pk}/").content.decode()
    assert "<dt>Request</dt>" in page
    assert "What you ask for" not in page


def test_each_cell_of_a_row_carries_its_label_for_phones(desk: Client, make_request: MakeRequest) -> None:
    make_request()
    page = desk.get(QUEUE).content.decode()
    labels = re.findall(r'<td[^>]* data-label="([^"]+)"', page)
    assert labels == ["Kind", "Student", "Reviewer", "State", "Waiting since"]


def test_an_export_holds_what_each_kind_asks(desk: Client, make_request: MakeRequest) -> None:
    make_request("refund", title="Charged twice")
    make_request("bug", title="White page")
    rows = {row["Title"]: row for row in _rows(desk, "export=csv")}
    assert rows["Charged twice"]["Amount (EUR)"] == "49.00"
    assert rows["Charged twice"]["Reason"] == "I did not use it"
    assert (rows["White page"]["Amount (EUR)"], rows["White page"]["How bad is it"]) == ("", "I can go on")
    assert desk.get(f"{QUEUE}?export=xlsx").status_code == 200


def test_an_export_of_one_kind_holds_only_what_it_asks(desk: Client, make_request: MakeRequest) -> None:
    make_request("refund")
    heads = _rows(desk, "kind=refund&export=csv")[0]
    assert ("Amount (EUR)" in heads, "How bad is it" in heads) == (True, False)


def test_an_open_decision_says_when_it_is_no_longer_possible(
    desk: Client, make_request: MakeRequest, other_instructor: User
) -> None:
    request = make_request()
    address = f"{QUEUE}{request.pk}/reject/"
    assert f'hx-get="{address}?seen={request.version}"' in desk.get(address).content.decode()
    flow.apply(request, "approve", by=other_instructor)
    fresh = desk.get(address, {"seen": request.version}).content.decode()
    decision = fresh[fresh.index('id="decision"') : fresh.index("</form>")]
    assert "No longer possible" in decision
    assert "Iris was first" in decision
    assert "<button" not in decision
    assert desk.get(address).status_code == 302


def test_an_open_decision_says_what_changed_and_stays_possible(
    desk: Client, make_request: MakeRequest, student: User
) -> None:
    request = make_request()
    added = flow.apply(request, "add_information", by=student, note="It is the first page.")
    page = desk.get(f"{QUEUE}{request.pk}/reject/", {"seen": request.version}).content.decode()
    decision = page[page.index('id="decision"') : page.index("</form>")]
    assert "This has changed while you were writing" in decision
    assert ('id="decide"' in decision, f'value="{added.version}"' in decision) == (True, True)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("end", ["after", "before"])
def test_a_day_at_the_end_of_the_calendar_is_none(
    desk: Client, make_request: MakeRequest, instructor: User, day: str, end: str
) -> None:
    instructor.time_zone = "Asia/Tokyo"
    instructor.save()
    make_request(title="Waits")
    page = desk.get(f"{QUEUE}?created_at_{end}={day}")
    assert page.status_code == 200
    assert "A filter cannot be read" in page.content.decode()
