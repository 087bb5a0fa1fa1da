"""Pages of one process: in the order in which they were asked for, and a slow one holds nobody up."""

import asyncio
import threading
from collections.abc import Callable

import pytest
from asgiref.sync import ThreadSensitiveContext
from django.http import HttpRequest, HttpResponse
from pytest_django import Settings

from gradus.project import handler
from gradus.project.handler import PageHandler

Pages = dict[str, Callable[[], object]]
A_WHILE = 30.0  # seconds, for what never comes


def nothing() -> object:
    """What a page computes that takes no time."""


@pytest.fixture
def make_all(settings: Settings) -> Callable[..., list[str]]:
    """Ask for pages that compute this, all together; tells who began and ended, in order."""

    def make(pages: Pages, *, at_once: int = 1) -> list[str]:
        settings.PAGES_AT_ONCE = at_once
        told: list[str] = []

        def answer(request: HttpRequest) -> HttpResponse:
            told.append(f"{request.path} begins")
            pages[request.path]()
            told.append(f"{request.path} ends")
            return HttpResponse(request.path)

        async def ask_for(made: PageHandler, path: str) -> str:
            request = HttpRequest()
            request.path = path
            async with ThreadSensitiveContext():  # each request of a server has a thread of its own
                answer = await made.get_response_async(request)
            return answer.content.decode()  # type: ignore[attr-defined,no-any-return]

        async def ask() -> list[str]:
            made = PageHandler()
            made.get_response = answer  # type: ignore[method-assign]
            return await asyncio.gather(*(ask_for(made, path) for path in pages))

        assert asyncio.run(ask()) == list(pages)
        return told

    return make


def test_pages_are_made_one_after_the_other(
    make_all: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handler, "PATIENCE", A_WHILE)
    began = threading.Event()
    # The first page gives the second one time to begin too early.
    told = make_all({"a": lambda: began.wait(0.1), "b": began.set, "c": nothing})
    assert told == ["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]


def test_as_many_as_are_set_are_made_at_once(make_all: Callable[..., list[str]]) -> None:
    both = threading.Barrier(2, timeout=A_WHILE)  # neither goes on without the other
    told = make_all({"a": both.wait, "b": both.wait}, at_once=2)
    assert set(told[:2]) == {"a begins", "b begins"}


def test_a_slow_page_holds_nobody_up(make_all: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handler, "PATIENCE", 0.02)
    last = threading.Event()  # the slow page ends only after the last one was made
    told = make_all({"slow": lambda: last.wait(A_WHILE), "b": nothing, "c": last.set})
    assert told[0] == "slow begins"
    assert told.index("slow ends") > told.index("c begins")


def test_a_page_that_fails_leaves_its_turn_to_the_next(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PAGES_AT_ONCE = 1
    monkeypatch.setattr(handler, "PATIENCE", 10)

    def fail(_request: HttpRequest) -> HttpResponse:
        raise ZeroDivisionError

    async def ask() -> list[BaseException | object]:
        made = PageHandler()
        made.get_response = fail  # type: ignore[assignment]
        both = (made.get_response_async(HttpRequest()) for _ in range(2))
        return await asyncio.wait_for(asyncio.gather(*both, return_exceptions=True), 5)

    assert [type(error) for error in asyncio.run(ask())] == [ZeroDivisionError, ZeroDivisionError]
