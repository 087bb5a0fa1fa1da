"""The API keeps what its description promises, whatever is sent: no answer of 500, every error a problem."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)

from gradus import flow, policy
from gradus.accounts.api_keys import create_key
from gradus.accounts.models import User
from gradus.accounts.roles import Role
from gradus.project.wsgi import application
from tests.platform.flow.bookshelf.models import Borrowing

API = "/api/v1/"
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
described = schemathesis.openapi.from_wsgi(f"{API}openapi.json", application).include(
    path_regex=r"/api/v1/(borrowings|files|$)"
)
OPERATIONS = [found.ok() for found in described.get_all_operations()]


@pytest.fixture(autouse=True)
def _rules(mill_rules: policy.RuleSet) -> Iterator[None]:
    with policy.using(policy.load(Path(__file__).parent / "bookshelf")):
        yield


@pytest.fixture
def key(instructor: User, student: User, settings: Any, tmp_path: Path) -> str:
    settings.PRIVATE_ROOT = tmp_path
    flow.create(Borrowing, "ask", by=student, kind="borrowing", title="Counterpoint", days=3)
    return create_key(user=instructor, name="script", role=Role.INSTRUCTOR, scopes=["read", "write"])[1]


@pytest.fixture
def _open_connection() -> Iterator[None]:
    """As Django's test client does: the connection of the test outlives each request."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.usefixtures("_open_connection")
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_every_operation_answers_as_described(operation: Any, key: str) -> None:
    @given(case=operation.as_strategy())
    @settings(max_examples=10, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    def answers(case: Any) -> None:
        case.call_and_validate(headers={"Authorization": f"Bearer {key}"}, checks=CHECKS)

    answers()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "nothing/here", 404),
        ("delete", "borrowings/", 405),
        ("get", "borrowings/", 401),
        ("get", "borrowings/?after=x", 401),
        ("post", "files", 401),
    ],
)
def test_every_error_is_a_problem(client: Client, method: str, path: str, status: int) -> None:
    response = getattr(client, method)(API + path)
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["status"] == status
    assert ("Allow" in response) is (status == 405)


@pytest.mark.parametrize(
    "body",
    [
        {"values": {"title": "a\x00b", "days": 1}},
        {"values": {"title": "\ud800", "days": 1}},
        {"values": {"title": "x", "days": 10**30}},
        {"values": {"title": "x", "days": 1, "reader": 1}},
        {"values": {"title": "x", "days": 1, "state": "lent"}},
        {"transition": "lend", "values": {}},
        {"kind": ["borrowing"], "values": {}},
        {"kind": "holiday", "values": {}},
    ],
)
def test_what_cannot_be_kept_is_refused(client: Client, student: User, body: dict[str, Any]) -> None:
    client.force_login(student)
    response = client.post(f"{API}borrowings/", body, content_type="application/json")
    assert response.status_code == 422, response.content
    assert not Borrowing.objects.exists()


def test_too_many_calls_are_told_when_to_come_back(client: Client, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gradus.flow.api.auth.CALLS", 1)
    headers = {"authorization": f"Bearer {key}"}
    assert client.get(f"{API}borrowings/", headers=headers).status_code == 200
    response = client.get(f"{API}borrowings/", headers=headers)
    assert (response.status_code, response["Content-Type"]) == (429, "application/problem+json")
    assert 0 < int(response["Retry-After"]) <= 60


def test_a_key_that_only_reads_uploads_nothing(client: Client, student: User) -> None:
    token = create_key(user=student, name="reader", role=Role.STUDENT, scopes=["read"])[1]
    headers = {"authorization": f"Bearer {token}"}
    upload = {"file": SimpleUploadedFile("card.txt", b"Number 7")}
    assert client.post(f"{API}files", upload, headers=headers).status_code == 403
    assert client.get(f"{API}borrowings/creations", headers=headers).status_code == 200
