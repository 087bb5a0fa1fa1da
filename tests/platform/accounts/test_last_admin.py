"""There is always somebody who administers the academy."""

import threading
from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from gradus.accounts.models import User
from gradus.accounts.roles import Role
from gradus.accounts.services import keep_an_admin
from tests.conftest import MakePerson
from tests.platform.accounts.conftest import Browse

Change = Callable[[Client, User], object]


def _without_role(client: Client, person: User) -> object:
    form = {"display_name": person.display_name, "is_active": "on", "groups": []}
    return client.post(reverse("wagtailusers_users:edit", args=[person.pk]), form)


def _switched_off(client: Client, person: User) -> object:
    form = {"display_name": person.display_name, "groups": [Group.objects.get(name="admin").pk]}
    return client.post(reverse("wagtailusers_users:edit", args=[person.pk]), form)


def _switched_off_in_bulk(client: Client, person: User) -> object:
    address = f"/admin/bulk/accounts/user/set_active_state/?id={person.pk}&next=/admin/users/"
    return client.post(address, {"mark_as_active": "False"})


def _administers(person: User) -> bool:
    fresh = User.objects.get(pk=person.pk)
    return fresh.is_active and Role.ADMIN in fresh.roles


@pytest.mark.parametrize("change", [_without_role, _switched_off, _switched_off_in_bulk])
def test_the_last_administrator_stays(make_person: MakePerson, browse: Browse, change: Change) -> None:
    """Somebody who may edit people without being an administrator any more: their page was still open."""
    last, second = make_person("Alma", Role.ADMIN), make_person("Arne", Role.ADMIN)
    client = browse(second)
    change(client, last)
    assert not _administers(last)
    other = make_person("Otto", Role.ADMIN)
    User.objects.filter(pk=second.pk).update(is_superuser=True)
    change(client, other)
    assert not _administers(other), "a superuser administers as well"


@pytest.mark.django_db
@pytest.mark.parametrize("active", [True, False])
def test_whoever_is_switched_off_administers_nothing(make_person: MakePerson, active: bool) -> None:
    last = make_person("Alma", Role.ADMIN)
    make_person("Arne", Role.ADMIN, is_active=active)
    with transaction.atomic():
        if active:
            keep_an_admin(without=[last.pk])
        else:
            with pytest.raises(ValidationError, match="last administrator"):
                keep_an_admin(without=[last.pk])


def test_nobody_takes_the_last_ones_role_away(admin: User, browse: Browse) -> None:
    client = browse(admin)
    answer = _without_role(client, admin)
    assert "last administrator" in answer.content.decode()  # type: ignore[attr-defined]
    assert _administers(admin)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", [_without_role, _switched_off, _switched_off_in_bulk])
def test_two_who_remove_each_other_leave_one(make_person: MakePerson, browse: Browse, change: Change) -> None:
    pair = make_person("Alma", Role.ADMIN), make_person("Arne", Role.ADMIN)
    clients = [browse(person) for person in pair]
    for client in clients:
        client.get("/admin/users/")
    start = threading.Barrier(2)

    def remove(client: Client, other: User) -> None:
        start.wait(30)
        change(client, other)
        connection.close()

    threads = [threading.Thread(target=remove, args=each) for each in zip(clients, reversed(pair), strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(map(_administers, pair)) == [False, True]
