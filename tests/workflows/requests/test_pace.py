"""Nobody is flooded: with mail by a student who adds and adds, or with refusals by a program on a session."""

import pytest
from django.test import Client

from gradus import flow
from gradus.accounts.models import User
from gradus.flow import pace
from gradus.flow.models import TransitionRecord
from tests.workflows.requests.conftest import MakeRequest
from workflows.requests.models import Request

SAID = "That was too often."


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "TOLD", 2)
    monkeypatch.setattr(pace, "MOVES", 3)


def _add(client: Client, pk: int, note: str) -> tuple[int, str]:
    answer = client.post(f"/steps/requests.request/{pk}/add_information/", {"add_information-note": note})
    return answer.status_code, answer.content.decode()


def test_what_tells_somebody_is_limited_and_what_was_typed_is_kept(
    client: Client, student: User, make_request: MakeRequest, few: None
) -> None:
    requests = [make_request(), make_request()]
    client.force_login(student, backend="django.contrib.auth.backends.ModelBackend")
    assert [_add(client, request.pk, "More.")[0] for request in requests] == [302, 302]
    status, page = _add(client, requests[0].pk, "And more still.")
    assert (status, SAID in page, "And more still." in page) == (429, True, True)
    given = {"values": {"note": "By a program."}}
    address = f"/api/v1/requests/{requests[0].pk}/transitions/add_information"
    answer = client.post(address, given, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (429, "limited")
    assert int(answer["Retry-After"]) > 0


@pytest.mark.parametrize("where", ["/steps/requests.request/{}/claim/", "/admin/requests/{}/approve/"])
def test_refusals_end_after_a_while(
    client: Client, instructor: User, make_request: MakeRequest, few: None, where: str
) -> None:
    request = make_request()
    flow.apply(request, "reject", by=instructor, note="No.")
    client.force_login(instructor, backend="django.contrib.auth.backends.ModelBackend")
    codes = [client.post(where.format(request.pk)).status_code for _time in range(5)]
    assert codes == [409, 409, 409, 429, 429]
    assert TransitionRecord.objects.exclude(outcome="done").count() <= 3


def test_a_bulk_decision_is_one_thing_a_person_does(
    client: Client, instructor: User, make_request: MakeRequest, few: None
) -> None:
    client.force_login(instructor, backend="django.contrib.auth.backends.ModelBackend")
    for move, state in (("claim", "in_review"), ("release", "submitted"), ("approve", "approved")):
        chosen = [make_request(title=f"Number {number}").pk for number in range(5)]
        if move == "release":
            chosen = list(Request.objects.filter(state="in_review").values_list("pk", flat=True))
        page = client.post(f"/admin/requests/bulk/{move}/", {"id": chosen, "confirmed": "1"}).content.decode()
        assert "5 done" in page
        assert Request.objects.filter(pk__in=chosen, state=state).count() == 5
    page = client.post("/admin/requests/bulk/claim/", {"id": [make_request().pk], "confirmed": "1"}).content.decode()
    assert ("1 not changed" in page, SAID in page) == (True, True)
