"""The same requests for programs."""

from typing import Any

import pytest
from django.test import Client

from gradus import flow
from gradus.accounts.api_keys import create_key
from gradus.accounts.models import User
from gradus.accounts.roles import Role
from tests.workflows.requests.conftest import MakeRequest
from workflows.requests.models import Request

API = "/api/v1/requests/"


@pytest.fixture
def key(instructor: User) -> dict[str, str]:
    _key, token = create_key(user=instructor, name="script", role=Role.INSTRUCTOR, scopes=["read", "write"])
    return {"authorization": f"Bearer {token}"}


def send(client: Client, url: str, body: Any, headers: dict[str, str]) -> Any:
    return client.post(url, body, content_type="application/json", headers=headers)


def test_a_program_sees_state_offers_and_why_not(
    client: Client, make_request: MakeRequest, key: dict[str, str]
) -> None:
    filed = make_request("refund")
    answer = client.get(f"{API}{filed.pk}", headers=key).json()
    assert (answer["state"], answer["kind"], answer["version"]) == ("submitted", "refund", filed.version)
    offers = {offer["name"]: offer for offer in answer["offers"]}
    assert offers["approve"]["allowed"] is True
    assert offers["withdraw"]["allowed"] is False
    assert offers["withdraw"]["reasons"]
    assert offers["reject"]["params"]["required"] == ["note"]


def test_a_program_decides(client: Client, make_request: MakeRequest, key: dict[str, str]) -> None:
    filed = make_request()
    response = send(client, f"{API}{filed.pk}/transitions/reject", {"values": {"note": "No"}, "expect_version": 1}, key)
    assert response.status_code == 200, response.content
    assert response.json()["state"] == "rejected"
    history = client.get(f"{API}{filed.pk}/history", headers=key).json()["items"]
    assert [entry["transition"] for entry in history] == ["submit", "reject"]
    assert history[-1]["note"] == "No"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"values": {}}, 422, "invalid"),
        ({"values": {"note": "No", "colour": "red"}}, 422, "invalid"),
        ({"values": {"note": "No"}, "expect_version": 99}, 409, "stale"),
        ({"values": {"note": "No", "by": 1}}, 422, None),
        ([], 400, None),
    ],
)
def test_what_is_wrong_comes_as_a_problem_with_reasons(
    client: Client, make_request: MakeRequest, key: dict[str, str], body: Any, status: int, code: str | None
) -> None:
    filed = make_request()
    response = send(client, f"{API}{filed.pk}/transitions/reject", body, key)
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    assert response.json().get("code") == code
    filed.refresh_from_db()
    assert filed.state == "submitted"


def test_a_refusal_carries_the_reasons_people_see(
    client: Client, make_request: MakeRequest, key: dict[str, str], other_instructor: User
) -> None:
    filed = flow.apply(make_request(), "claim", by=other_instructor)
    response = send(client, f"{API}{filed.pk}/transitions/approve", {}, key)
    assert response.status_code == 403
    assert any("a colleague has claimed it" in reason for reason in response.json()["reasons"])
    again = send(client, f"{API}{filed.pk}/transitions/claim", {}, key)
    assert (again.status_code, again.json()["code"]) == (409, "not_now")


def test_without_a_key_or_session_nothing_is_told(client: Client, make_request: MakeRequest) -> None:
    filed = make_request()
    assert client.get(f"{API}{filed.pk}").status_code == 401
    assert client.get(f"{API}{filed.pk}", headers={"authorization": "Bearer gradus_00000000_x"}).status_code == 401


def test_another_students_request_does_not_exist(
    client: Client, make_request: MakeRequest, other_student: User
) -> None:
    filed = make_request()
    client.force_login(other_student)
    assert client.get(f"{API}{filed.pk}").status_code == 404
    assert client.get(f"{API}{filed.pk}/history").status_code == 404
    assert send(client, f"{API}{filed.pk}/transitions/withdraw", {}, {}).status_code == 404
    assert client.get(API).json()["items"] == []


def test_a_session_needs_the_csrf_token(make_request: MakeRequest, student: User) -> None:
    filed = make_request()
    client = Client(enforce_csrf_checks=True)
    client.force_login(student)
    assert send(client, f"{API}{filed.pk}/transitions/withdraw", {}, {}).status_code == 403
    filed.refresh_from_db()
    assert filed.state == "submitted"


def test_a_key_that_only_reads_cannot_write(client: Client, make_request: MakeRequest, instructor: User) -> None:
    _key, token = create_key(user=instructor, name="reader", role=Role.INSTRUCTOR, scopes=["read"])
    filed, headers = make_request(), {"authorization": f"Bearer {token}"}
    assert client.get(f"{API}{filed.pk}", headers=headers).status_code == 200
    assert send(client, f"{API}{filed.pk}/transitions/approve", {}, headers).status_code == 403
    filed.refresh_from_db()
    assert filed.state == "submitted"


def test_a_student_files_through_the_api(client: Client, student: User) -> None:
    client.force_login(student)
    body = {"kind": "bug", "values": {"title": "Broken", "text": "x", "severity": "minor"}}
    response = send(client, API, body, {})
    assert response.status_code == 201, response.content
    assert Request.objects.get().author == student
    unknown = send(client, API, {"kind": "holiday", "values": {}}, {})
    assert unknown.status_code == 422
    assert "refund" in unknown.json()["detail"]


def test_pages_follow_a_cursor_without_gaps(
    client: Client, make_request: MakeRequest, key: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gradus.flow.api.paging.PER_PAGE", 2)
    made = {make_request(title=f"Number {number}").pk for number in range(5)}
    seen: list[int] = []
    cursor: int | None = 0
    while cursor is not None:
        answer = client.get(API, {"after": cursor} if cursor else {}, headers=key).json()
        seen += [item["id"] for item in answer["items"]]
        cursor = answer["next"]
    assert len(seen) == 5
    assert set(seen) == made
    assert client.get(API, {"after": "nonsense"}, headers=key).status_code == 422


def test_the_schema_and_the_index_are_there(client: Client, db: None) -> None:
    assert "requests" in client.get("/api/v1/").json()["workflows"]
    assert "/api/v1/requests/{pk}" in client.get("/api/v1/openapi.json").json()["paths"]
