"""The people every test knows: one of each role, a colleague, and a stranger."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group

from gradus.accounts.models import User
from gradus.accounts.roles import Role

MakePerson = Callable[..., User]


@pytest.fixture
def make_person(db: None) -> MakePerson:
    """Make a person with these roles: `make_person("Ada", Role.STUDENT)`."""

    def make(name: str, *roles: Role, **fields: object) -> User:
        user = User.objects.create_user(f"{name.lower()}@example.com", "secret", display_name=name, **fields)
        user.groups.set([Group.objects.get_or_create(name=role.value)[0] for role in roles])
        return user

    return make


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
