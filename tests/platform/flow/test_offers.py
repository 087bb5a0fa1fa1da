"""What may be done, what waits for whom, and at what price."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gradus import flow
from gradus.accounts.models import User
from gradus.accounts.roles import GUEST
from gradus.flow.offering import Offer
from tests.platform.flow.mill.models import Mill, Order, Stone


def named(offers: list[Offer]) -> dict[str, Offer]:
    return {offer.name: offer for offer in offers}


def queries(work: object, *args: object, **kwargs: object) -> int:
    with CaptureQueriesContext(
        connection,
    ) as caught:
        work(*args, **kwargs)  # type: ignore[operator]
    return len([query for query in caught.captured_queries if "SAVEPOINT" not in query["sql"]])


def test_offers_say_what_is_possible_and_why_the_rest_is_not(order: Order, student: User, instructor: User) -> None:
    own = flow.create(Order, "order", by=instructor, kind="flour", title="Mine", bags=2)
    found = named(flow.offers(own, instructor))
    assert [name for name, offer in found.items() if offer.allowed] == []
    assert found["approve"].shown
    assert "it is your own order" in " ".join(found["approve"].reasons)
    theirs = named(flow.offers(order, instructor))
    assert [name for name, offer in theirs.items() if offer.allowed] == ["claim", "approve", "reject"]
    assert not theirs["add"].shown
    assert [name for name, offer in named(flow.offers(order, student)).items() if offer.shown] == ["add"]


def test_offers_never_include_what_creates(order: Order, stone: Stone, student: User) -> None:
    assert "order" not in named(flow.offers(order, student))
    assert "set_up" not in named(flow.offers(stone, student))


def test_an_offer_carries_its_questions_and_the_version(order: Order, instructor: User) -> None:
    reject = named(flow.offers(order, instructor))["reject"]
    assert [(param.name, param.required) for param in reject.params] == [("note", True)]
    assert (reject.version, reject.label, reject.kind) == (1, "Reject", "flour")


def test_what_the_state_forbids_is_offered_with_the_reason_but_not_shown(order: Order, instructor: User) -> None:
    done = flow.apply(order, "approve", by=instructor)
    reject = named(flow.offers(done, instructor))["reject"]
    assert not reject.allowed
    assert not reject.now
    assert not reject.shown
    assert "Approved" in reject.reasons[0]


def test_creations_are_listed_by_kind_for_those_with_a_row(student: User) -> None:
    (offer,) = flow.creations(Order, student)
    assert (offer.name, offer.kind, offer.allowed) == ("order", "flour", True)
    assert [param.name for param in offer.params] == ["title", "bags", "price", "proofs"]
    assert not flow.creations(Order, GUEST)[0].allowed


def test_a_used_up_limit_shows_before_anybody_fills_in_a_form(student: User) -> None:
    for _ in range(5):
        flow.create(Order, "order", by=student, kind="flour", title="Bread", bags=1)
    (offer,) = flow.creations(Order, student)
    assert not offer.allowed
    assert "five times" in offer.reasons[0]


def test_the_queue_holds_what_somebody_may_do_now(
    order: Order, student: User, instructor: User, other_instructor: User
) -> None:
    own = flow.create(Order, "order", by=instructor, kind="flour", title="Mine", bags=2)
    done = flow.apply(
        flow.create(Order, "order", by=student, kind="flour", title="B", bags=1), "approve", by=instructor
    )
    assert list(flow.queue(Order, "approve", instructor)) == [order]
    assert set(flow.queue(Order, "approve", other_instructor)) == {order, own}
    assert done not in flow.queue(Order, None, other_instructor)
    assert set(flow.queue(Order, None, student)) == {order}
    assert not flow.queue(Order, None, GUEST)


@pytest.mark.parametrize(("cap", "shown"), [(99, "3"), (2, "2+")])
def test_counts_are_capped(student: User, cap: int, shown: str) -> None:
    for _ in range(3):
        flow.create(Order, "order", by=student, kind="flour", title="Bread", bags=1)
    assert flow.capped_count(Order.objects.all(), cap) == shown


def test_apply_costs_a_handful_of_queries(order: Order, mill: Mill, student: User, instructor: User) -> None:
    """Lock and read, UPDATE, history, announcements, task. A limit costs its owner's lock, a count and its use."""
    assert student.roles
    assert instructor.roles
    stone = flow.create(Stone, "set_up", by=student, mill=mill)
    flow.history(stone).first()
    assert queries(flow.apply, stone, "oil", by=student) == 5
    assert queries(flow.apply, order, "approve", by=instructor) == 5
    assert queries(flow.apply, stone, "turn", by=student, grain="rye") == 8


def test_refusing_costs_no_more_than_deciding_and_one_row(order: Order, student: User) -> None:
    assert student.roles

    def refuse() -> None:
        with pytest.raises(flow.Denied):
            flow.apply(order, "approve", by=student)

    assert queries(refuse) == 2


def test_offers_and_queues_do_not_grow_with_the_list(mill: Mill, student: User, instructor: User) -> None:
    assert student.roles
    assert instructor.roles

    def stones(count: int) -> list[Stone]:
        for _ in range(count):
            flow.create(Stone, "set_up", by=student, mill=mill)
        return list(Stone.objects.all())

    few, many = stones(2), stones(8)
    assert (
        queries(flow.offers_for, few, instructor)
        == queries(flow.offers_for, list(Stone.objects.all()), instructor)
        == 1
    )
    assert queries(lambda: list(flow.queue(Stone, None, instructor))) == 1
    assert queries(lambda: flow.capped_count(flow.queue(Stone, "oil", instructor))) == 1
    assert len(many) == 10
