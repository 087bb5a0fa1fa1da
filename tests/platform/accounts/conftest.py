"""Browsers that people sit in front of."""

from collections.abc import Callable

import pytest
from django.test import Client

from gradus.accounts.models import User

Browse = Callable[[User], Client]


@pytest.fixture
def browse() -> Browse:
    """A client signed in as this person."""

    def sit(person: User) -> Client:
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sit
