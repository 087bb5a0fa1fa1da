"""Everything one person may do now in a role, and why not the rest."""

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from gradus import flow, policy
from gradus.accounts.models import User
from gradus.accounts.roles import GUEST, Actor, Role
from gradus.rulebook.seeing import choices
from gradus.rulebook.seeing.asked import Asked
from gradus.rulebook.seeing.persons import May, all_of
from tests.conftest import MakePerson
from tests.platform.flow.mill.models import Order
from tests.platform.rulebook.conftest import flour, orders
from workflows.requests.models import Request

pytestmark = pytest.mark.django_db
PAGE = "/admin/rules/person/"


def may(person: User, role: Role, viewer: User) -> dict[str, May]:
    [found] = all_of(Asked(Actor(person, role), Actor(viewer, Role.ADMIN), timezone.now()))
    return {("new " if each.creates else "") + each.name: each for each in (*found.may, *found.may_not)}


def test_what_they_may_do_is_counted_by_the_same_rules(
    order: Order, student: User, instructor: User, admin: User
) -> None:
    with policy.using(flour()):
        cheap = flow.create(Order, "order", by=student, kind="flour", title="Rye", bags=1, price=1)
        own = may(student, Role.STUDENT, admin)
        assert (own["new order"].count, own["add"].count, own["view"].count) == ("1", "2", "2")
        assert own["approve"].why == "Only instructors and administrators may do this."
        theirs = may(instructor, Role.INSTRUCTOR, admin)
        assert theirs["approve"].count == "1"
        assert theirs["approve"].examples == (cheap,)
        assert theirs["add"].count == "0"
        for name, found in theirs.items():
            if not found.creates:
                counted = policy.filter(Order.objects.all(), name, Actor(instructor, Role.INSTRUCTOR)).count()
                assert found.count == str(counted), name
            assert bool(found.why) == (found.count == "0"), name


def test_counts_stop_at_their_cap(student: User, admin: User) -> None:
    with policy.using(flour()):
        orders(student, 202)
        assert may(student, Role.STUDENT, admin)["add"].count == "99+"


def test_kinds_that_are_asked_together_are_counted_apart(student: User, admin: User) -> None:
    def filed(kind: str, number: int, **answers: object) -> None:
        steps = (flow.Happened("submit", at=timezone.now(), by=student),)
        values = {"title": "It fails", "text": "Now.", "author": student, "answers": answers}
        flow.backfill(Request, [flow.Past(values, steps, kind=kind) for _ in range(number)])

    def counts() -> dict[str, str]:
        found = all_of(Asked(Actor(student, Role.STUDENT), Actor(admin, Role.ADMIN), timezone.now()))
        of = {each.book.process: each for each in found if each.book.model is Request}
        made = {kind: (*each.may, *each.may_not) for kind, each in of.items()}
        return {kind: next(may.count for may in some if may.name == "withdraw") for kind, some in made.items()}

    filed("bug", 2)
    filed("refund", 1, amount=1, reason="unused")
    assert counts() == {"bug": "2", "feature": "0", "refund": "1", "track_change": "0"}
    filed("bug", 98)
    assert counts() == {"bug": "99+", "feature": "0", "refund": "1", "track_change": "0"}


def test_the_role_is_one_they_hold(desk: Client, make_person: MakePerson, order: Order) -> None:
    both = make_person("Bo", Role.STUDENT, Role.INSTRUCTOR)
    with policy.using(flour()):
        first = desk.get(PAGE, {"person": both.pk}).content.decode()
        assert "acting as instructor" in first
        assert "role=student" in first
        assert "acting as student" in desk.get(PAGE, {"person": both.pk, "role": "student"}).content.decode()
        assert "acting as instructor" in desk.get(PAGE, {"person": both.pk, "role": "admin"}).content.decode()


def test_somebody_whose_account_is_closed_is_a_guest(student: User) -> None:
    student.is_active = False
    assert choices.acting(student, "student") == GUEST


def test_examples_are_only_what_the_one_who_looks_may_view(
    desk: Client, order: Order, student: User, admin: User
) -> None:
    example = f"object={order.pk}&amp;"
    with policy.using(flour()):
        assert example in desk.get(PAGE, {"person": student.email}).content.decode()
    with policy.using(flour(('admin      = "always"\n\n[transitions.order]', "\n[transitions.order]"))):
        page = desk.get(PAGE, {"person": student.email}).content.decode()
        assert example not in page
        assert "1 now" in page


def test_nobody_is_chosen_by_nonsense(desk: Client) -> None:
    for nonsense in ("", "nobody", "0", "99999999999999999999", "x@y", "\x00", "(17)"):
        answer = desk.get(PAGE, {"person": nonsense})
        assert answer.status_code == 422, nonsense


def test_the_page_asks_no_more_for_more_rows(
    desk: Client, order: Order, student: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with policy.using(flour()):
        orders(student, 6)
        desk.get(PAGE, {"person": student.pk})
        with django_assert_num_queries(15) as few:
            desk.get(PAGE, {"person": student.pk})
        orders(student, 12)
        with django_assert_num_queries(len(few)):
            desk.get(PAGE, {"person": student.pk})


@pytest.mark.parametrize("who", ["student", "instructor", "editor", "analyst"])
@pytest.mark.parametrize("page", ["", "person/", "why/", "matrix/requests.request.bug/", "search/people/"])
def test_it_is_for_administrators_alone(client: Client, request: pytest.FixtureRequest, who: str, page: str) -> None:
    client.force_login(request.getfixturevalue(who))
    assert client.get(f"/admin/rules/{page}").status_code == 403
