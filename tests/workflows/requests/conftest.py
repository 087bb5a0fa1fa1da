from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from gradus import flow
from gradus.accounts.models import User
from workflows.requests.models import Request

MakeRequest = Callable[..., Request]

ANSWERS: dict[str, dict[str, Any]] = {
    "bug": {"severity": "minor"},
    "feature": {"area": "courses"},
    "refund": {"amount": 4900, "reason": "unused"},
    "track_change": {"current_track": "agency", "desired_track": "saas"},
}


@pytest.fixture
def desk(client: Client, instructor: User) -> Client:
    """An instructor's."""
    client.force_login(instructor)
    return client


@pytest.fixture
def make_request(student: User) -> MakeRequest:
    """File a request as a student would: `make_request("refund", by=ada, title="...")`."""

    def make(kind: str = "bug", *, by: User | None = None, **values: Any) -> Request:
        given = {"title": "The page stays white", "text": "Since this morning.", **ANSWERS[kind], **values}
        return flow.create(Request, "submit", by=by or student, kind=kind, **given)

    return make
