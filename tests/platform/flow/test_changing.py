"""The two verbs on a coded and on a declared machine."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from gradus import flow
from gradus.accounts.models import User
from gradus.accounts.roles import SYSTEM
from tests.platform.flow.mill.models import Mill, Order, Stone


def test_creating_is_recorded_as_the_first_transition(stone: Stone, student: User) -> None:
    record = flow.history(stone).get()
    assert (record.source, record.target, record.transition, record.version) == ("", "idle", "set_up", 1)
    assert (record.actor, record.role, record.outcome) == (student, "student", "done")
    assert (stone.state, stone.version, stone.miller) == ("idle", 1, student)


def test_a_step_changes_state_and_fields_in_one_go(stone: Stone, student: User) -> None:
    turned = flow.apply(stone, "turn", by=student, grain="rye", note="slowly")
    assert (turned.state, turned.version, turned.grain, turned.last_turned_by) == ("turning", 2, "rye", student)
    assert Stone.objects.get().grain == "rye"
    record = flow.history(stone).last()
    assert record is not None
    assert (record.note, record.params) == ("slowly", {"grain": "rye"})
    assert record.rule == "stone.toml#transitions.turn.student"
    assert record.facts is not None
    assert record.facts["obj"]["miller"] == student.pk
    assert record.facts["obj"]["state"] == "idle"


def test_the_given_instance_is_left_as_it_was(stone: Stone, student: User) -> None:
    flow.apply(stone, "turn", by=student, grain="rye")
    assert (stone.state, stone.version) == ("idle", 1)


def test_a_declared_machine_keeps_typed_answers(order: Order, student: User) -> None:
    assert (order.state, order.author, order.title, order.answers["bags"]) == ("ordered", student, "For bread", 3)
    assert Order.objects.get().answers == order.answers


def test_answers_asked_later_replace_earlier_ones(order: Order, student: User) -> None:
    added = flow.apply(order, "add", by=student, bags=7)
    assert added.answers["bags"] == 7
    assert (added.state, added.version) == ("ordered", 2)


def test_the_model_adds_its_own_fields_to_a_declared_move(order: Order, instructor: User) -> None:
    assert flow.apply(order, "claim", by=instructor).claimed_by == instructor
    assert Order.objects.get().claimed_by == instructor


def test_staying_in_a_state_does_not_restart_its_clock(stone: Stone, student: User) -> None:
    later = timezone.now() + timedelta(hours=1)
    oiled = flow.apply(stone, "oil", by=student, now=later)
    assert (oiled.state, oiled.state_since, oiled.version) == ("idle", stone.state_since, 2)
    turned = flow.apply(oiled, "turn", by=student, grain="rye", now=later)
    assert turned.state_since == later


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"bags": 0}, "bags"),
        ({"bags": "many"}, "bags"),
        ({}, "bags"),
        ({"bags": 3, "colour": "red"}, "colour"),
        ({"bags": 3, "price": -1}, "price"),
        ({"bags": 3, "state": "approved"}, "state"),
    ],
)
def test_values_that_are_not_what_is_asked_change_nothing(student: User, values: dict[str, object], field: str) -> None:
    with pytest.raises(ValidationError) as caught:
        flow.create(Order, "order", by=student, kind="flour", title="Bread", **values)
    assert field in caught.value.message_dict
    assert not Order.objects.exists()


def test_the_platform_itself_acts_as_system(stone: Stone) -> None:
    flow.apply(stone, "turn", by=SYSTEM, grain="rye")
    record = flow.history(stone).last()
    assert record is not None
    assert (record.actor, record.role) == (None, "system")


def test_a_step_cannot_be_called_by_hand(stone: Stone) -> None:
    with pytest.raises(TypeError, match=r"flow\.apply"):
        stone.turn(grain="rye")


def test_the_state_cannot_be_set_by_hand(stone: Stone) -> None:
    with pytest.raises(AttributeError):
        stone.state = "worn"


def test_a_plain_save_never_writes_the_state_back(stone: Stone, student: User) -> None:
    flow.apply(stone, "turn", by=student, grain="rye")
    stone.turns = 9
    stone.save()
    stone.refresh_from_db()
    assert (stone.state, stone.version, stone.turns) == ("turning", 2, 9)


def test_nothing_comes_into_being_by_a_plain_save(mill: Mill, student: User) -> None:
    with pytest.raises(TypeError, match=r"flow\.create"):
        Stone(mill=mill, miller=student).save()


def test_an_unknown_transition_is_a_programming_error(stone: Stone, student: User) -> None:
    with pytest.raises(LookupError):
        flow.apply(stone, "fly", by=student)
