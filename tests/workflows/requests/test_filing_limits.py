"""Over the book's limit: 429 in the book's words, on the site and in the API, and nothing typed is lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from gradus import policy
from tests.workflows.requests.conftest import MakeRequest
from workflows.requests.models import Request

SAID = "Add what else you found to one of them"
BUG = {"title": "White again", "text": "Still.", "severity": "minor"}


@pytest.fixture(autouse=True)
def _one_a_day() -> Iterator[None]:
    text = Path(settings.RULES_DIR, "requests/bug.toml").read_text(encoding="utf-8")
    assert "allow = 20" in text
    with policy.using(policy.load_texts({"requests/bug.toml": text.replace("allow = 20", "allow = 1")})):
        yield


@pytest.fixture
def client_of_student(client: Client, student, make_request: MakeRequest) -> Client:
    make_request("bug")
    client.force_login(student)
    return client


def test_the_site_answers_in_the_books_words_and_keeps_the_form(client_of_student: Client) -> None:
    response = client_of_student.post("/requests/new/bug/", BUG)
    page = response.content.decode()
    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0
    assert SAID in page
    assert "It is possible again from" in page
    assert 'value="White again"' in page
    assert Request.objects.count() == 1


def test_the_choice_of_kinds_says_so_before(client_of_student: Client) -> None:
    assert SAID in client_of_student.get("/requests/new/").content.decode()


def test_the_api_answers_in_the_same_words(client_of_student: Client) -> None:
    body = {"kind": "bug", "values": BUG}
    response = client_of_student.post("/api/v1/requests/", body, content_type="application/json")
    assert (response.status_code, response.json()["code"]) == (429, "limited")
    assert response["Content-Type"] == "application/problem+json"
    assert int(response["Retry-After"]) > 0
    assert SAID in response.json()["reasons"][0]
    assert Request.objects.count() == 1
