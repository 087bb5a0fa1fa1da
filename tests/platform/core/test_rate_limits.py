from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from gradus.accounts.models import User
from gradus.core import ratelimit

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def test_refuses_what_is_over_the_limit_and_says_when_to_come_back(clock: time_machine.Traveller) -> None:
    assert [ratelimit.allow("k", 3, 60) for _ in range(4)] == [True, True, True, False]
    assert ratelimit.allow("another", 3, 60)
    clock.shift(timedelta(seconds=20))
    assert ratelimit.check("k", 3, 60) == ratelimit.Verdict(allowed=False, retry_after=40)


def test_there_is_no_burst_where_two_windows_meet(clock: time_machine.Traveller) -> None:
    clock.shift(timedelta(seconds=59))
    assert all(ratelimit.allow("k", 4, 60) for _ in range(4))
    clock.shift(timedelta(seconds=2))
    assert not ratelimit.allow("k", 4, 60)
    clock.shift(timedelta(seconds=30))
    assert [ratelimit.allow("k", 4, 60) for _ in range(3)] == [True, True, False]


def test_refused_attempts_do_not_prolong_the_refusal(clock: time_machine.Traveller) -> None:
    for _ in range(50):
        ratelimit.allow("k", 2, 60)
    clock.shift(timedelta(seconds=120))
    assert ratelimit.allow("k", 2, 60)


@ratelimit.limited("filing", limit=1, seconds=60)
def view(request: HttpRequest) -> HttpResponse:
    return HttpResponse("done")


def _ask(method: str = "POST", user: object = None, **headers: str) -> HttpResponse:
    request = getattr(RequestFactory(), method.lower())("/somewhere/", **headers)
    request.user = user or AnonymousUser()
    answer = view(request)
    assert isinstance(answer, HttpResponse)
    return answer


@pytest.mark.usefixtures("clock")
def test_a_limited_view_answers_429_with_retry_after() -> None:
    assert _ask().status_code == 200
    refused = _ask()
    assert refused.status_code == 429
    assert refused["Retry-After"] == "60"
    assert "too often" in refused.content.decode() or "slower" in refused.content.decode()


@pytest.mark.usefixtures("clock")
def test_programs_get_a_problem() -> None:
    _ask()
    refused = _ask(HTTP_ACCEPT="application/json")
    assert refused["Content-Type"] == "application/problem+json"
    assert refused["Retry-After"] == "60"


@pytest.mark.usefixtures("clock")
def test_only_the_named_methods_count() -> None:
    assert [_ask("GET").status_code for _ in range(3)] == [200, 200, 200]
    assert _ask().status_code == 200


@pytest.mark.usefixtures("clock")
def test_each_person_and_each_address_counts_apart(student: User, other_student: User) -> None:
    assert [_ask(user=person).status_code for person in (student, other_student, student)] == [200, 200, 429]
    assert _ask(REMOTE_ADDR="10.0.0.1").status_code == 200
    assert _ask(REMOTE_ADDR="10.0.0.2").status_code == 200


@pytest.mark.usefixtures("clock")
def test_one_ipv6_network_is_one_client() -> None:
    assert _ask(REMOTE_ADDR="2001:db8::1").status_code == 200
    assert _ask(REMOTE_ADDR="2001:db8::2").status_code == 429
    assert _ask(REMOTE_ADDR="2001:db8:1::1").status_code == 200


@pytest.mark.usefixtures("clock")
def test_a_zone_and_a_mapped_address_name_no_other_client() -> None:
    assert _ask(REMOTE_ADDR="fe80::1%eth0").status_code == 200
    assert _ask(REMOTE_ADDR="fe80::2%eth1").status_code == 429
    assert _ask(REMOTE_ADDR="10.0.0.9").status_code == 200
    assert _ask(REMOTE_ADDR="::ffff:10.0.0.9").status_code == 429


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8::7", "2001:db8::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("fe80::1%25", "fe80::/64"),
    ],
)
def test_what_counts_as_one_client(address: str, network: str) -> None:
    assert ratelimit.network_of(address) == network
