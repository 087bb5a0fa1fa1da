"""A queue taken apart into branches holds what the queue holds, in its order, and is counted to its cap."""

from itertools import product

import pytest
from django.db.models import Q

from gradus import flow
from gradus.accounts.models import User
from gradus.flow.queues import branches
from tests.workflows.requests.conftest import MakeRequest
from workflows.requests.models import Request

pytestmark = pytest.mark.both_databases


@pytest.fixture
def everything(make_request: MakeRequest, student: User, instructor: User, other_instructor: User) -> None:
    """Requests of two kinds in each open state, with either reviewer."""
    for kind in ("bug", "feature"):
        make_request(kind)
        flow.apply(make_request(kind), "withdraw", by=student)
        for reviewer in (instructor, other_instructor):
            claimed, asked, approved = (
                flow.apply(make_request(kind), "claim", by=reviewer) for _state in ("in_review", "asked", "approved")
            )
            assert claimed.claimed_by == reviewer
            flow.apply(asked, "ask", by=reviewer, note="Which page?")
            flow.apply(approved, "approve", by=reviewer)


@pytest.mark.usefixtures("everything")
@pytest.mark.parametrize("person", ["instructor", "other_instructor", "admin", "student", "analyst"])
def test_pages_hold_the_queue_in_its_order(request: pytest.FixtureRequest, person: str) -> None:
    who = request.getfixturevalue(person)
    for name, order in product([None, "view", "approve", "complete"], [("state_since", "pk"), ("-title", "-pk")]):
        rows, every = flow.Rows.of(Request, name, who), Request.objects.order_by(*order)
        whole = list(flow.queue(Request, name, who).order_by(*order))
        assert [one for start in range(0, 24, 4) for one in rows.page(every, start, start + 4)] == whole
        assert rows.count(every, 1000) == len(whole)
        assert rows.count(every, 3) == min(3, len(whole))


def test_branches_leave_out_what_others_hold_and_join_kinds() -> None:
    mine, free = Q(claimed_by=1), Q(claimed_by__isnull=True)
    both = Q(state__in=["a", "b"]) & (mine | free)
    found = branches((Q(kind="x") & (both | (Q(state="a") & mine))) | (Q(kind="y") & both & ~Q(author=1)))
    assert len(found) == 8
    assert len(branches(Q(kind="x") & both | Q(kind="y") & both | Q(kind="y") & both & ~Q(author=1))) == 4
