"""A claim somebody left for two days can be taken over by an administrator, once."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from gradus import flow
from gradus.accounts.models import User
from gradus.accounts.roles import Role
from tests.conftest import MakePerson
from tests.workflows.requests.conftest import ANSWERS, MakeRequest
from workflows.requests.models import Request

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
Clock = time_machine.Traveller


@pytest.fixture
def clock() -> Iterator[Clock]:
    with time_machine.travel(START, tick=False) as clock:
        yield clock


@pytest.fixture
def second_admin(make_person: MakePerson) -> User:
    return make_person("Arne", Role.ADMIN)


@pytest.fixture
def claimed(clock: Clock, make_request: MakeRequest, instructor: User) -> Callable[[str], Request]:
    def claim(kind: str) -> Request:
        return flow.apply(make_request(kind), "claim", by=instructor)

    return claim


@pytest.mark.parametrize("kind", ANSWERS)
def test_whoever_took_over_has_it_for_two_days(
    kind: str, claimed: Callable[[str], Request], clock: Clock, admin: User, second_admin: User
) -> None:
    request = claimed(kind)
    with pytest.raises(flow.Denied):
        flow.apply(request, "take_over", by=admin)
    clock.shift(timedelta(days=2))
    taken = flow.apply(request, "take_over", by=admin)
    assert (taken.claimed_by, taken.claimed_at, taken.state) == (admin, START + timedelta(days=2), "in_review")
    with pytest.raises(flow.Denied):
        flow.apply(request, "take_over", by=second_admin)
    clock.shift(timedelta(days=2))
    assert flow.apply(request, "take_over", by=second_admin).claimed_by == second_admin


def test_an_answer_gives_the_reviewer_two_days(
    claimed: Callable[[str], Request], clock: Clock, instructor: User, student: User, admin: User
) -> None:
    request = flow.apply(claimed("bug"), "ask", by=instructor, note="Which page?")
    clock.shift(timedelta(days=9))
    flow.apply(request, "answer", by=student, note="The first.")
    with pytest.raises(flow.Denied):
        flow.apply(request, "take_over", by=admin)


def test_what_is_released_is_nobodys(claimed: Callable[[str], Request], instructor: User) -> None:
    request = claimed("bug")
    assert request.claimed_at == START
    released = flow.apply(request, "release", by=instructor)
    assert (released.claimed_by, released.claimed_at) == (None, None)


@pytest.mark.parametrize("kind", ANSWERS)
def test_only_the_claimer_completes_unless_an_administrator_took_over(
    kind: str, claimed: Callable[[str], Request], clock: Clock, instructor: User, other_instructor: User, admin: User
) -> None:
    request = flow.apply(claimed(kind), "approve", by=instructor)
    for somebody in (other_instructor, admin):
        with pytest.raises(flow.Denied):
            flow.apply(request, "complete", by=somebody)
    clock.shift(timedelta(days=2))
    taken = flow.apply(request, "take_over", by=admin)
    assert taken.state == "approved"
    with pytest.raises(flow.Denied):
        flow.apply(request, "complete", by=instructor)
    assert flow.apply(request, "complete", by=admin).state == "completed"


def test_anybody_completes_what_nobody_claimed(
    make_request: MakeRequest, instructor: User, other_instructor: User
) -> None:
    request = flow.apply(make_request("bug"), "approve", by=instructor)
    assert flow.apply(request, "complete", by=other_instructor).state == "completed"
