"""A kind of notification to test with, and the people's lists."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import pytest
from pytest_django import Settings

from gradus.accounts.models import User
from gradus.notify import topics
from gradus.notify.models import Notification
from gradus.notify.services import notify

HELLO = "tests/hello"
Tell = Callable[..., list[Notification]]


@pytest.fixture(autouse=True)
def templates(settings: Settings) -> None:
    engines = deepcopy(settings.TEMPLATES)
    engines[0]["DIRS"] = [Path(__file__).parent / "templates"]
    settings.TEMPLATES = engines


@pytest.fixture(autouse=True)
def topic(monkeypatch: pytest.MonkeyPatch) -> topics.Topic:
    topic = topics.Topic("tests", "Tests")
    monkeypatch.setitem(topics._topics, topic.name, topic)
    return topic


@pytest.fixture
def tell(db: None) -> Tell:
    def tell(*users: User, name: str = "world", **options: object) -> list[Notification]:
        return notify(users, HELLO, context={"name": name}, **options)  # type: ignore[arg-type]

    return tell
