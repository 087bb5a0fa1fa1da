"""The people every test knows: one of each role, a colleague, and a stranger."""

import gc
import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import hypothesis
import psycopg
import pytest
import redis
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.cache import cache as django_cache
from django.db import connections
from django.utils import translation

from gradus.accounts.models import User
from gradus.accounts.roles import Role
from gradus.policy.ruleset import activate, begin_with, load
from gradus.project.settings.base import WAGTAILSEARCH_BACKENDS as SEARCH
from gradus.rulebook import live
from tests import prepared
from tests.migrated import Migrated, keep


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """Rate limits, cached fragments and a reader's language must not leak from test to test."""
    django_cache.clear()
    django_cache.set(live.KEY, 0, None)  # nothing is published unless a test does
    if live._number:  # the last one did, and its rows are gone
        live._number = 0
        activate(None)
    translation.deactivate()


# How long an example takes says nothing about the code on a busy machine.
hypothesis.settings.register_profile("gradus", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("gradus")

MakePerson = Callable[..., User]
REDIS_URL = os.environ.get("GRADUS_TEST_REDIS_URL", "redis://127.0.0.1:6379/0")


@cache
def missing_service(name: str) -> str:
    """Why tests with this marker cannot run here, or an empty text."""
    if name == "postgres":
        database = settings.DATABASES["default"]
        if not database["ENGINE"].endswith("postgresql"):
            return "needs PostgreSQL: set GRADUS_TEST_DATABASE_URL=postgres://user@host/name"
        return ""
    if name == "redis":
        try:
            redis.Redis.from_url(REDIS_URL, socket_connect_timeout=2).ping()
        except redis.RedisError as error:
            return f"needs Redis at GRADUS_TEST_REDIS_URL={REDIS_URL}: {error}"
    return ""


def pytest_collection_finish() -> None:
    """What is imported stays: looking through it for garbage takes a tenth of a run."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_sessionstart() -> None:
    """Rules come from the files: many tests have no database, and those that publish put things back."""
    begin_with(lambda: load(Path(settings.RULES_DIR)))
    django_cache.set(live.KEY, 0, None)


def pytest_configure(config: pytest.Config) -> None:
    """Without a PostgreSQL server its tests are skipped with a reason; in CI that is a failure."""
    config.pluginmanager.register(Migrated(), "gradus-migrated")
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("postgresql"):
        try:
            psycopg.connect(
                host=database["HOST"], port=database["PORT"] or 5432, user=database["USER"],
                password=database["PASSWORD"], dbname="postgres", connect_timeout=3,
            ).close()  # fmt: skip
        except psycopg.OperationalError as error:
            pytest.exit(f"No PostgreSQL for GRADUS_TEST_DATABASE_URL: {error}", 1 if in_ci() else 0)


def in_ci() -> bool:
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}


def pytest_runtest_setup(item: pytest.Item) -> None:
    for name in ("postgres", "redis"):
        if item.get_closest_marker(name) and (reason := missing_service(name)):
            (pytest.fail if in_ci() else pytest.skip)(reason)


ON_SQLITE = settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb: bool) -> bool:
    """On SQLite Django finds a database that is migrated already."""
    return django_db_keepdb or ON_SQLITE


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> Iterator[None]:
    if not ON_SQLITE:
        made = prepared.template(os.environ["GRADUS_TEST_DATABASE_URL"])
        connections["default"].settings_dict["TEST"]["TEMPLATE"] = made
        yield
        return
    file = Path(settings.DATABASES["default"]["TEST"]["NAME"])
    prepared.copy_to(file)
    yield
    connections.close_all()
    for part in file.parent.glob(f"{file.name}*"):
        part.unlink()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        keep()


@pytest.fixture
def make_person(db: None) -> MakePerson:
    """Make a person with these roles: `make_person("Ada", Role.STUDENT)`."""

    def make(name: str, *roles: Role, **fields: object) -> User:
        user = User.objects.create_user(f"{name.lower()}@example.com", "secret", display_name=name, **fields)
        user.groups.set([Group.objects.get_or_create(name=role.value)[0] for role in roles])
        return user

    return make


@pytest.fixture
def search_index(settings: Any) -> None:
    """What is saved can be found."""
    settings.WAGTAILSEARCH_BACKENDS = SEARCH


@pytest.fixture
def student(make_person: MakePerson) -> User:
    return make_person("Ada", Role.STUDENT)


@pytest.fixture
def other_student(make_person: MakePerson) -> User:
    return make_person("Grace", Role.STUDENT)


@pytest.fixture
def instructor(make_person: MakePerson) -> User:
    return make_person("Ivo", Role.INSTRUCTOR)


@pytest.fixture
def other_instructor(make_person: MakePerson) -> User:
    return make_person("Iris", Role.INSTRUCTOR)


@pytest.fixture
def editor(make_person: MakePerson) -> User:
    return make_person("Edda", Role.EDITOR)


@pytest.fixture
def analyst(make_person: MakePerson) -> User:
    return make_person("Anton", Role.ANALYST)


@pytest.fixture
def admin(make_person: MakePerson) -> User:
    return make_person("Alma", Role.ADMIN)


@pytest.fixture
def superuser(make_person: MakePerson) -> User:
    return make_person("Sue", is_staff=True, is_superuser=True)


@pytest.fixture
def outsider(make_person: MakePerson) -> User:
    """Signed in, but without any role."""
    return make_person("Otto")
