"""What was recorded about a person can be forgotten; what happened still explains every state."""

import pytest
from django.test import Client
from wagtail.models import ModelLogEntry

from gradus import flow
from gradus.accounts.models import User
from gradus.accounts.roles import Role
from gradus.flow.erasing import records_of
from gradus.flow.models import TransitionRecord
from tests.conftest import MakePerson
from tests.platform.flow.mill.models import Order

CHAIN = ("pk", "object_id", "transition", "source", "target", "version", "actor_id", "role", "outcome", "at", "note")


@pytest.fixture
def desk(client: Client, make_person: MakePerson) -> Client:
    client.force_login(make_person("Alma", Role.ADMIN))
    return client


@pytest.fixture
def decided(order: Order, instructor: User, other_instructor: User, student: User) -> Order:
    """Claimed by one, refused to the student and to a colleague who came second, then decided."""
    flow.apply(order, "claim", by=instructor)
    with pytest.raises(flow.Denied):
        flow.apply(order, "approve", by=student)
    with pytest.raises(flow.Stale):
        flow.apply(order, "approve", by=other_instructor, expect_version=1)
    return flow.apply(order, "approve", by=instructor, note="Fine bread")


def chain() -> list[tuple[object, ...]]:
    return list(TransitionRecord.objects.order_by("pk").values_list(*CHAIN))


def explains(order: Order) -> None:
    """Every step begins where the last one ended, and the last ends where the object is."""
    done = list(flow.history(order).done().order_by("version"))
    fresh = Order.objects.get(pk=order.pk)
    assert [record.version for record in done] == list(range(1, fresh.version + 1))
    assert [record.source for record in done] == ["", *(record.target for record in done[:-1])]
    assert done[-1].target == fresh.state


def test_facts_are_erased_and_history_still_explains_every_state(desk: Client, decided: Order, student: User) -> None:
    before, address = chain(), f"/admin/audit/erase/{student.pk}/"
    page = desk.get(address).content.decode()
    assert "5 records about Ada hold the facts" in page
    assert TransitionRecord.objects.exclude(facts=None).count() == 5
    answer = desk.post(address, follow=True)
    assert "The facts of 5 records are erased." in answer.content.decode()
    assert not records_of(student).exclude(facts=None).exists()
    assert not records_of(student).exclude(reasons=[]).exists()
    assert chain() == before
    explains(decided)
    assert "Fine bread" in [record.note for record in flow.history(decided)]
    assert "History holds no facts about Ada." in desk.get(address).content.decode()


def test_it_is_written_down_who_erased_whose(desk: Client, decided: Order, student: User) -> None:
    desk.post(f"/admin/audit/erase/{student.pk}/")
    entry = ModelLogEntry.objects.get(action="gradus.erase_facts")
    assert (entry.object_id, entry.user.display_name, entry.data) == (str(student.pk), "Alma", {"records": 5})
    assert "Recorded facts were erased" in desk.get(f"/admin/users/history/{student.pk}/").content.decode()


def test_looking_erases_nothing(desk: Client, decided: Order, student: User) -> None:
    desk.get(f"/admin/audit/erase/{student.pk}/")
    assert not TransitionRecord.objects.filter(facts=None).exists()
    assert desk.get("/admin/audit/erase/0/").status_code == 404


def test_what_others_did_to_other_things_is_kept(desk: Client, decided: Order, other_student: User) -> None:
    other = flow.create(Order, "order", by=other_student, kind="flour", title="For cake", bags=2)
    desk.post(f"/admin/audit/erase/{decided.author_id}/")
    assert flow.history(other).exclude(facts=None).count() == 1


def test_a_colleague_is_no_longer_told_who_was_first(decided: Order, instructor: User) -> None:
    """The refusal is another person's, about another person's order, and quotes a name."""
    told = TransitionRecord.objects.get(outcome="stale")
    assert "Ivo was first" in told.reasons[0]
    records_of(instructor).erase_facts()
    assert TransitionRecord.objects.get(pk=told.pk).reasons == []


def test_the_process_goes_on_afterwards(
    decided: Order, student: User, instructor: User, make_person: MakePerson
) -> None:
    order = flow.create(Order, "order", by=student, kind="flour", title="For cake", bags=2)
    records_of(student).erase_facts()
    explains(flow.apply(order, "approve", by=instructor))
