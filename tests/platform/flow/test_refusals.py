"""What is refused, in which words, and what the history keeps of it."""

from datetime import timedelta

import pytest
import time_machine

from gradus import flow
from gradus.accounts.models import User
from gradus.accounts.roles import Role
from gradus.flow.models import TransitionRecord
from tests.conftest import MakePerson
from tests.platform.flow.mill.models import Mill, Order, Stone


def refused(obj: Stone | Order) -> list[tuple[str, str]]:
    return [(record.transition, record.outcome) for record in flow.history(obj).refused()]


def test_a_rule_says_no_with_its_reason(order: Order, instructor: User) -> None:
    own = flow.create(Order, "order", by=instructor, kind="flour", title="Mine", bags=3)
    with pytest.raises(flow.Denied) as caught:
        flow.apply(own, "approve", by=instructor)
    assert caught.value.status == 403
    assert "it is your own order" in " ".join(caught.value.reasons)
    assert refused(own) == [("approve", "denied")]
    assert flow.apply(order, "approve", by=instructor).state == "approved"


def test_who_may_not_view_learns_only_that_nothing_is_there(order: Order, other_student: User) -> None:
    with pytest.raises(flow.Denied) as caught:
        flow.apply(order, "add", by=other_student, bags=2)
    assert (caught.value.status, caught.value.hidden) == (404, True)
    assert refused(order) == [("add", "denied")]


def test_the_state_says_no_to_those_who_may_view(order: Order, instructor: User, other_student: User) -> None:
    done = flow.apply(order, "approve", by=instructor)
    with pytest.raises(flow.NotNow) as caught:
        flow.apply(done, "reject", by=instructor, note="Too late")
    assert "Approved" in caught.value.reasons[0]
    with pytest.raises(flow.Denied):
        flow.apply(done, "add", by=other_student, bags=2)
    assert refused(order) == [("reject", "not_now"), ("add", "denied")]


def test_a_second_reviewer_learns_who_was_first(order: Order, instructor: User, other_instructor: User) -> None:
    flow.apply(order, "claim", by=instructor, expect_version=1)
    with pytest.raises(flow.Stale) as caught:
        flow.apply(order, "approve", by=other_instructor, expect_version=1)
    assert caught.value.status == 409
    assert "Ivo" in caught.value.reasons[0]
    assert "Claim" in caught.value.reasons[0]
    assert Order.objects.get().state == "ordered"
    assert flow.apply(order, "approve", by=other_instructor, expect_version=2).state == "approved"


def test_a_refusal_keeps_the_facts_it_was_decided_on(order: Order, student: User, instructor: User) -> None:
    large = flow.apply(order, "add", by=student, bags=101)
    with pytest.raises(flow.Denied):
        flow.apply(large, "approve", by=instructor)
    record = flow.history(order).refused().get()
    assert record.facts is not None
    assert record.facts["obj"]["bags"] == 101
    assert record.rule == "flour.toml#transitions.approve.instructor"
    assert len(record.book_version) == 64
    assert record.reasons


def test_the_same_refusal_within_a_minute_is_written_once(order: Order, student: User) -> None:
    with time_machine.travel("2026-03-01T10:00:10Z", tick=False) as clock:
        for seconds in (0, 5, 60):
            clock.shift(timedelta(seconds=seconds))
            with pytest.raises(flow.Denied):
                flow.apply(order, "approve", by=student)
    assert len(refused(order)) == 2


def test_a_thing_that_is_gone_is_as_good_as_hidden(stone: Stone, student: User) -> None:
    Stone.objects.all().delete()
    with pytest.raises(flow.Denied) as caught:
        flow.apply(stone, "turn", by=student, grain="rye")
    assert caught.value.hidden


def test_a_refused_creation_is_recorded_without_an_object(outsider: User) -> None:
    with pytest.raises(flow.Denied):
        flow.create(Order, "order", by=outsider, kind="flour", title="Bread", bags=1)
    record = TransitionRecord.objects.get()
    assert (record.object_id, record.outcome, record.actor) == (None, "denied", outsider)
    assert not Order.objects.exists()


def test_history_is_append_only(order: Order) -> None:
    record = flow.history(order).get()
    for change in (
        record.save,
        record.delete,
        flow.history(order).delete,
        lambda: flow.history(order).update(note="x"),
    ):
        with pytest.raises(TypeError):
            change()


def test_facts_can_be_erased_without_breaking_the_chain(order: Order, student: User, instructor: User) -> None:
    flow.apply(order, "approve", by=instructor, note="Gladly")
    assert TransitionRecord.objects.filter(actor=instructor).erase() == 1
    first, second = flow.history(order)
    assert first.facts is not None
    assert (second.facts, second.note, second.params) == (None, "", {})
    assert (second.source, second.target, second.version) == (first.target, "approved", 2)


def test_only_the_role_somebody_acts_in_counts(mill: Mill, make_person: MakePerson) -> None:
    both = make_person("Bo", Role.STUDENT, Role.INSTRUCTOR)
    both.act_as = Role.STUDENT
    order = flow.create(Order, "order", by=both, kind="flour", title="Bread", bags=1)
    with pytest.raises(flow.Denied):
        flow.apply(order, "claim", by=both)
    assert flow.history(order).refused().get().role == "student"
