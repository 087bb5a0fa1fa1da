"""Fifty instructors decide one request at once, on PostgreSQL with real threads."""

from collections import Counter
from collections.abc import Callable

import pytest

from gradus import flow
from gradus.accounts.models import User
from gradus.accounts.roles import Role
from tests.conftest import MakePerson
from tests.platform.flow.test_races import at_once
from tests.workflows.requests.conftest import ANSWERS, MakeRequest
from workflows.requests.models import Request

# One process at a time: fifty connections are half of what PostgreSQL takes unless told otherwise.
pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("connections")]
REVIEWERS = 50


@pytest.mark.parametrize("kind", ANSWERS)
def test_fifty_decisions_make_one_and_forty_nine_clean_refusals(
    make_request: MakeRequest, make_person: MakePerson, kind: str
) -> None:
    filed = make_request(kind)
    people = [make_person(f"Reviewer{number}", Role.INSTRUCTOR) for number in range(REVIEWERS)]

    def deciding(number: int, person: User) -> Callable[[], Request]:
        name = "approve" if number % 2 else "reject"
        return lambda: flow.apply(filed, name, by=person, note=f"From {person}")

    results = at_once(deciding(number, person) for number, person in enumerate(people))

    assert Counter(type(result).__name__ for result in results) == {"Request": 1, "NotNow": REVIEWERS - 1}
    [decided] = [result for result in results if isinstance(result, Request)]
    now, records = Request.objects.get(), flow.history(filed)
    assert (now.state, now.version) == (decided.state, filed.version + 1)
    [decision] = records.done().exclude(transition="submit")
    assert (decision.target, decision.actor) == (
        now.state,
        next(p for p, r in zip(people, results, strict=True) if r is decided),
    )
    assert records.refused().values("actor").distinct().count() == REVIEWERS - 1


def test_fifty_claims_leave_one_reviewer(make_request: MakeRequest, make_person: MakePerson) -> None:
    filed = make_request()
    people = [make_person(f"Reviewer{number}", Role.INSTRUCTOR) for number in range(REVIEWERS)]

    results = at_once((lambda person=person: flow.apply(filed, "claim", by=person)) for person in people)

    claimed = [person for person, result in zip(people, results, strict=True) if isinstance(result, Request)]
    assert claimed == [Request.objects.get().claimed_by]
    assert Counter(type(result).__name__ for result in results) == {"Request": 1, "NotNow": REVIEWERS - 1}
