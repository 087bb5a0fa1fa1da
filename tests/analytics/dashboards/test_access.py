"""Figures about students are for people who act as analyst or admin."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gradus.accounts.models import User
from tests.analytics.conftest import Academy

READERS = ["analyst", "admin", "superuser"]
STAFF = ["instructor", "editor"]
OTHERS = ["student", "outsider"]


@pytest.fixture
def addresses(academy: Academy, people: dict[str, User]) -> list[str]:
    return [
        reverse("analytics:learn_rate"),
        reverse("analytics:learn_rate") + "?table=courses&export=csv",
        reverse("analytics:students"),
        reverse("analytics:students") + "?export=xlsx",
        reverse("analytics:student", args=[people["Ben"].pk]),
    ]


def signed_in(client: Client, request: pytest.FixtureRequest, person: str) -> Client:
    client.force_login(request.getfixturevalue(person))
    return client


@pytest.mark.parametrize("person", READERS)
def test_analysts_and_admins_read_every_page(
    client: Client, request: pytest.FixtureRequest, addresses: list[str], person: str
) -> None:
    signed_in(client, request, person)
    assert [client.get(address).status_code for address in addresses] == [200] * len(addresses)


@pytest.mark.parametrize("person", STAFF)
def test_other_staff_is_refused_and_told_why(
    client: Client, request: pytest.FixtureRequest, addresses: list[str], person: str
) -> None:
    signed_in(client, request, person)
    for address in addresses:
        response = client.get(address)
        assert response.status_code == 403
        assert b"for analysts and administrators" in response.content
        assert b"Ben" not in response.content


@pytest.mark.parametrize("person", OTHERS)
def test_who_may_not_enter_the_admin_sees_nothing(
    client: Client, request: pytest.FixtureRequest, addresses: list[str], person: str
) -> None:
    signed_in(client, request, person)
    assert all(client.get(address).status_code in {302, 403, 404} for address in addresses)


def test_nobody_signed_in_is_asked_to(client: Client, addresses: list[str]) -> None:
    assert [client.get(address).status_code for address in addresses] == [302] * len(addresses)


@pytest.mark.parametrize("person", READERS + STAFF)
def test_the_menu_has_the_entry_only_for_those_who_may_read(
    client: Client, request: pytest.FixtureRequest, db: Any, person: str
) -> None:
    signed_in(client, request, person)
    shown = reverse("analytics:learn_rate") in client.get(reverse("wagtailadmin_home")).content.decode()
    assert shown == (person in READERS)
