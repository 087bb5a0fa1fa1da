"""Visiting an address: which one, with what, and what is expected of it."""

import re
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.test import Client

from gradus.notify import topics, unsubscribing
from tests.everything import Everything

ROLES = ("guest", "student", "instructor", "editor", "analyst", "admin")
JSON = "application/json"
ANY_ANSWER = "*"  # as its rules say, but no fault of ours
Values = Callable[[Everything], list[Any]]


@dataclass(frozen=True)
class Visit:
    """`answers` are the expected status codes in the order of ROLES, or one for all. A text as `data` is JSON."""

    answers: str
    values: Values = lambda _everything: []
    method: str = "get"
    data: dict[str, Any] | str | Callable[[Everything], str] = field(default_factory=dict)

    def fits(self, role: str, status: int) -> bool:
        expected = self.expected(role)
        return status < 500 if expected == ANY_ANSWER else status == int(expected)

    def expected(self, role: str) -> str:
        codes = self.answers.split()
        return codes[0] if len(codes) == 1 else codes[ROLES.index(role)]


def post(answers: str, values: Values = lambda _everything: [], data: Any = None) -> Visit:
    return Visit(answers, values, "post", data or {})


def of_request(state: str, *more: Any) -> Values:
    return lambda everything: [everything.requests[state].pk, *more]


def of_requests(*more: Any) -> Values:
    return lambda _everything: ["requests.request", *more]


def of(name: str, *more: Any) -> Values:
    """The key of one of everything."""
    return lambda everything: [getattr(everything, name).pk, *more]


def an_endpoint(everything: Everything) -> list[Any]:
    return [everything.hook.endpoint_id]


def step_of(state: str, name: str) -> Values:
    return lambda everything: ["requests.Request", everything.requests[state].pk, name]


def who(role: str) -> Values:
    return lambda everything: [everything.people[role].pk]


def a_way_out(everything: Everything) -> list[Any]:
    token = unsubscribing.address(everything.people["student"], topics.topic_of("requests/approved"))
    return [token.rstrip("/").rpartition("/")[2]]


def address_of(route: str, values: list[Any]) -> str:
    left = iter(values)
    return "/" + re.sub(r"<[^>]+>|\^\(.*\)\$", lambda _part: str(next(left)), route)


def status_of(client: Client, address: str, visit: Visit, everything: Everything) -> int:
    """The status; what the visit changed is undone, so that every role finds the same."""
    cache.clear()
    data = visit.data(everything) if callable(visit.data) else visit.data
    as_json = {"content_type": JSON} if isinstance(data, str) else {}
    cookies = deepcopy(client.cookies)  # a new session's key is undone as well
    undone = transaction.atomic()
    undone._from_testcase = True  # type: ignore[attr-defined]  # as Django's own tests: durable blocks may stand inside
    with undone:
        response = getattr(client, visit.method)(address, data, **as_json)
        if response.streaming:
            list(response.streaming_content)  # reading to the end closes the file
        transaction.set_rollback(True)
    client.cookies = cookies
    return int(response.status_code)
