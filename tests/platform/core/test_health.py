from unittest import mock

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from gradus.core import health


def test_alive_without_touching_anything(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_ready_when_everything_answers(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    names = ("database", "migrations", "cache", "restore")
    assert answer.json() == {"status": "ok", "checks": dict.fromkeys(names, "ok")}
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_the_second_look_asks_the_database_once(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.get("/readyz")
    with django_assert_num_queries(1):
        client.get("/readyz")


@pytest.mark.django_db
def test_not_ready_while_migrations_are_missing(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(health.CHECKS, "migrations", health.MigrationsApplied())
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'accounts' AND name <> '0001_initial'")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["migrations"] == "failed"


@pytest.mark.django_db
def test_a_failure_is_named_but_not_explained(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with mock.patch.object(connection, "cursor", side_effect=DatabaseError("password of gradus is hunter2")):
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] == "failed"
    assert "hunter2" not in answer.content.decode()
    assert "hunter2" in caplog.text
