"""Keys with which a program acts for a person, in one role, within its scopes, until revoked."""

from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from gradus.accounts import api_keys
from gradus.accounts.models import ApiKey, User
from gradus.accounts.roles import Role
from tests.conftest import MakePerson
from tests.platform.accounts.conftest import Browse


@pytest.fixture
def bo(make_person: MakePerson) -> User:
    return make_person("Bo", Role.STUDENT, Role.INSTRUCTOR)


@pytest.fixture
def made(bo: User) -> tuple[ApiKey, str]:
    return api_keys.create_key(user=bo, name="script", role=Role.STUDENT, scopes=["read"])


def test_a_key_speaks_for_its_person_in_its_role(bo: User, made: tuple[ApiKey, str]) -> None:
    speaker = api_keys.authenticate(made[1])
    assert speaker == bo
    assert speaker is not None
    assert speaker.acting_role is Role.STUDENT
    assert speaker.api_key is not None
    assert speaker.api_key.scopes == ["read"]


def test_the_secret_is_not_kept(made: tuple[ApiKey, str]) -> None:
    secret = made[1].split("_", 2)[2]
    kept = str(ApiKey.objects.values().get())
    assert len(secret) >= 43
    assert secret not in kept


@pytest.mark.parametrize(
    "spoil",
    [
        "",
        "x",
        "gradus_",
        "gradus__",
        "gradus_ab_cd",
        "other_{prefix}_{secret}",
        "gradus_{prefix}_",
        "gradus_{prefix}_{secret}x",
    ],
)
def test_nothing_else_speaks_for_anybody(made: tuple[ApiKey, str], spoil: str) -> None:
    _mark, prefix, secret = made[1].split("_", 2)
    assert api_keys.authenticate(spoil.format(prefix=prefix, secret=secret)) is None
    assert api_keys.authenticate(made[1]) is not None


def test_a_revoked_key_is_dead(made: tuple[ApiKey, str]) -> None:
    assert api_keys.authenticate(made[1]) is not None
    api_keys.revoke_key(key=made[0])
    assert api_keys.authenticate(made[1]) is None


def test_an_expired_key_is_dead(bo: User) -> None:
    end = timezone.now() + timedelta(days=1)
    _key, token = api_keys.create_key(user=bo, name="a", role=Role.STUDENT, scopes=["read"], expires_at=end)
    assert api_keys.authenticate(token) is not None
    with time_machine.travel(end + timedelta(seconds=1)):
        assert api_keys.authenticate(token) is None


def test_a_key_ends_with_the_role_and_with_the_person(bo: User, made: tuple[ApiKey, str]) -> None:
    bo.groups.remove(*bo.groups.filter(name="student"))
    assert api_keys.authenticate(made[1]) is None
    _key, token = api_keys.create_key(user=bo, name="b", role=Role.INSTRUCTOR, scopes=["read"])
    assert api_keys.authenticate(token) is not None
    User.objects.update(is_active=False)
    assert api_keys.authenticate(token) is None


def test_nobody_makes_a_key_for_a_role_they_do_not_hold(bo: User) -> None:
    with pytest.raises(ValidationError, match="role you hold"):
        api_keys.create_key(user=bo, name="c", role=Role.ADMIN, scopes=["read"])


def test_there_is_an_end_to_how_many(bo: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_keys, "MOST_PER_PERSON", 2)
    for name in "ab":
        first, _token = api_keys.create_key(user=bo, name=name, role=Role.STUDENT, scopes=["read"])
    with pytest.raises(ValidationError, match="Revoke one first"):
        api_keys.create_key(user=bo, name="c", role=Role.STUDENT, scopes=["read"])
    api_keys.revoke_key(key=first)
    api_keys.create_key(user=bo, name="c", role=Role.STUDENT, scopes=["read"])


def test_its_use_is_noted_once_a_minute(
    made: tuple[ApiKey, str], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    api_keys.authenticate(made[1])
    noted = ApiKey.objects.get().last_used_at
    assert noted is not None
    with django_assert_num_queries(2):
        api_keys.authenticate(made[1])
    with time_machine.travel(noted + timedelta(minutes=2)):
        api_keys.authenticate(made[1])
    assert ApiKey.objects.get().last_used_at > noted


@pytest.fixture
def at_home(bo: User) -> Client:
    """Bo, who has just typed the password."""
    bo.set_password("a-long-phrase-7")
    bo.save()
    EmailAddress.objects.create(user=bo, email=bo.email, primary=True, verified=True)
    client = Client()
    client.post("/accounts/login/", {"login": bo.email, "password": "a-long-phrase-7"})
    client.post("/accounts/reauthenticate/", {"password": "a-long-phrase-7"})
    return client


NEW = {"name": "importer", "role": "instructor", "scopes": ["read", "write"], "lifetime": "30"}


def test_the_page_shows_the_key_once(at_home: Client) -> None:
    created = at_home.post("/profile/keys/new/", NEW)
    token = created.context["token"]
    assert token in created.content.decode()
    assert "no-store" in created["Cache-Control"]
    speaker = api_keys.authenticate(token)
    assert speaker is not None
    assert speaker.acting_role is Role.INSTRUCTOR
    page = at_home.get("/profile/").content.decode()
    assert "importer" in page
    assert token not in page


@pytest.mark.parametrize(
    "wrong", [{"role": "admin"}, {"scopes": []}, {"scopes": ["root"]}, {"lifetime": "9999"}, {"name": ""}]
)
def test_the_page_refuses_what_may_not_be(at_home: Client, wrong: dict[str, object]) -> None:
    assert at_home.post("/profile/keys/new/", NEW | wrong).status_code == 422
    assert not ApiKey.objects.exists()


def test_the_password_is_asked_for_again(bo: User, browse: Browse) -> None:
    answer = browse(bo).post("/profile/keys/new/", NEW)
    assert answer.headers["Location"].startswith("/accounts/reauthenticate/")
    assert not ApiKey.objects.exists()


def test_one_revokes_ones_own_keys_only(bo: User, made: tuple[ApiKey, str], student: User, browse: Browse) -> None:
    address = f"/profile/keys/{made[0].pk}/revoke/"
    assert browse(student).post(address).status_code == 404
    assert api_keys.authenticate(made[1]) is not None
    assert browse(bo).post(address).status_code == 302
    assert api_keys.authenticate(made[1]) is None
