"""`then = [{ apply = … }]`: one transition follows from another, each whole or not at all."""

from collections.abc import Callable, Iterator

import pytest
from django_q.models import OrmQ

from gradus import flow, policy
from gradus.accounts.models import User
from gradus.accounts.roles import Role
from gradus.flow import events
from gradus.flow.models import Delivery
from tests.platform.flow.conftest import RULES
from tests.platform.flow.mill import actions
from tests.platform.flow.mill.models import Order

TEXTS = {path.name: path.read_text() for path in RULES.glob("*.toml")}
CLAIM = 'from       = ["ordered"]\ninstructor = "obj.reviewer is None"'
FOLLOWS = CLAIM + '\nthen = [{ ring = "author", times = 7 }, { apply = "lapse", note = "Too many bags." }]'
LAPSE = """
[transitions.lapse]
label  = "Lapse"
from   = ["ordered"]
to     = "rejected"
ask    = { note = { type = "long text", label = "Note" } }
system = "obj.bags > 2"
"""


@pytest.fixture(autouse=True)
def claiming_makes_it_lapse() -> Iterator[None]:
    flour = TEXTS["flour.toml"]
    assert CLAIM in flour
    actions.heard()
    with policy.using(policy.load_texts({**TEXTS, "flour.toml": flour.replace(CLAIM, FOLLOWS) + LAPSE})):
        yield
    actions.heard()


@pytest.fixture
def claimed(instructor: User) -> Callable[[Order], int]:
    """Claim an order, and give the record whose consequences the worker sees to."""

    def claim(order: Order) -> int:
        flow.apply(order, "claim", by=instructor)
        return int(flow.history(order).done().get(transition="claim").pk)

    return claim


def test_a_transition_makes_another(order: Order, claimed: Callable[[Order], int]) -> None:
    record = claimed(order)
    assert OrmQ.objects.exists()
    assert Order.objects.get().state == "ordered"  # what follows waits for the worker
    events.deliver(record)
    assert Order.objects.get().state == "rejected"
    lapse = flow.history(order).done().get(transition="lapse")
    assert (lapse.role, lapse.actor, lapse.note) == (Role.SYSTEM, None, "Too many bags.")
    assert lapse.correlation == flow.history(order).get(pk=record).correlation


def test_it_follows_once_however_often_the_worker_begins_anew(order: Order, claimed: Callable[[Order], int]) -> None:
    record = claimed(order)
    events.deliver(record)
    events.deliver(record)
    assert flow.history(order).done().filter(transition="lapse").count() == 1
    assert actions.heard() == [(order.pk, "author", 7)]


def test_a_refusal_leaves_nothing_of_what_follows_and_all_of_what_it_follows_from(
    student: User, claimed: Callable[[Order], int]
) -> None:
    few = flow.create(Order, "order", by=student, kind="flour", title="For cake", bags=2)
    record = claimed(few)
    with pytest.raises(ExceptionGroup) as failed:
        events.deliver(record)
    assert [type(each) for each in failed.value.exceptions] == [flow.Denied]
    now = Order.objects.get()
    assert (now.state, now.version, now.claimed_by_id is not None) == ("ordered", 2, True)  # the claim stands
    assert not flow.history(few).done().filter(transition="lapse").exists()
    refused = flow.history(few).refused().get()
    assert (refused.transition, refused.role, refused.outcome) == ("lapse", "system", "denied")
    assert actions.heard() == [(few.pk, "author", 7)]  # the other effect was done, and is not done again
    assert set(Delivery.objects.filter(record=record).values_list("listener", flat=True)) == {"then:0:ring"}


def test_what_was_refused_is_made_when_the_worker_tries_again_and_it_is_allowed_then(
    student: User, claimed: Callable[[Order], int]
) -> None:
    few = flow.create(Order, "order", by=student, kind="flour", title="For cake", bags=2)
    record = claimed(few)
    with pytest.raises(ExceptionGroup):
        events.deliver(record)
    flow.apply(Order.objects.get(), "add", by=student, bags=3)
    actions.heard()
    events.deliver(record)
    assert Order.objects.get().state == "rejected"
    assert actions.heard() == []
