"""Who is not known is told so with 401, and what is too large with 413, however the caller comes."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from gradus.accounts import api_keys
from gradus.accounts.models import ApiKey, User
from gradus.accounts.roles import Role

FILED = json.dumps({"kind": "bug", "values": {"title": "White", "text": "It stays white", "severity": "minor"}})


@pytest.fixture
def key(student: User) -> tuple[ApiKey, str]:
    return api_keys.create_key(user=student, name="script", role=Role.STUDENT, scopes=["read", "write"])


@pytest.fixture
def strict() -> Client:
    """As outside of tests, where a session needs its token."""
    return Client(enforce_csrf_checks=True)


def _file(client: Client, secret: str = "", body: str = FILED) -> tuple[int, str]:
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    answer = client.post("/api/v1/requests/", body, content_type="application/json", headers=headers)
    return answer.status_code, answer["Content-Type"]


def test_a_key_files_until_it_is_revoked_or_over(strict: Client, key: tuple[ApiKey, str]) -> None:
    assert _file(strict, key[1])[0] == 201
    assert _file(strict, key[1] + "x") == (401, "application/problem+json")
    ApiKey.objects.update(expires_at=timezone.now() - timedelta(days=1))
    assert _file(strict, key[1]) == (401, "application/problem+json")


def test_a_wrong_key_is_refused_beside_a_session(strict: Client, student: User) -> None:
    strict.force_login(student, backend="django.contrib.auth.backends.ModelBackend")
    assert _file(strict, "gradus_aa_bb")[0] == 401


def test_a_guest_is_asked_to_sign_in_and_a_session_for_its_token(strict: Client, student: User) -> None:
    assert _file(strict)[0] == 401
    strict.force_login(student, backend="django.contrib.auth.backends.ModelBackend")
    assert _file(strict)[0] == 403


@pytest.mark.parametrize("debug", [True, False])
def test_a_body_beyond_the_limit_is_too_large(
    strict: Client, key: tuple[ApiKey, str], settings: Settings, debug: bool
) -> None:
    settings.DEBUG, settings.DATA_UPLOAD_MAX_MEMORY_SIZE = debug, 200
    assert _file(strict, key[1])[0] == 201
    assert _file(strict, key[1], FILED + " " * 200) == (413, "application/problem+json")
