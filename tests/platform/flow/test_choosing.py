"""A person or an object is chosen by typing or searching; no page lists them all."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import QueryDict
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from gradus import flow, policy
from gradus.accounts.api_keys import create_key
from gradus.accounts.models import User
from gradus.accounts.roles import Role
from gradus.flow import choosing, showing
from gradus.flow.forms import form_for
from gradus.flow.params import Kind, Param, Params
from tests.conftest import MakePerson
from tests.platform.flow.conftest import RULES
from tests.platform.flow.mill.models import Mill, Order

HAND_OVER = """
[transitions.hand_over]
label   = "Hand over"
from    = ["ordered"]
ask     = { to = { type = "person", label = "To whom", required = true }, with = { type = "person", many = 3 } }
student = "own"
"""
FIELD = """
[process.fields.guest]
type  = "person"
label = "For a guest"

[fields]
"""
HTMX = {"HX-Request": "true"}
PERSON = Param(name="to", kind=Kind.PERSON, label="To whom", model=User, within={"is_active": True})


@pytest.fixture(autouse=True)
def _rules(mill_rules: policy.RuleSet, tmp_path: Path) -> Iterator[None]:
    flour = (RULES / "flour.toml").read_text().replace("[fields]\n", FIELD, 1)
    (tmp_path / "flour.toml").write_text(flour.replace("[[", HAND_OVER + "\n[[", 1))
    (tmp_path / "stone.toml").write_text((RULES / "stone.toml").read_text())
    with policy.using(policy.load(tmp_path)):
        yield


def crowd(count: int) -> None:
    User.objects.bulk_create(User(email=f"crowd{n}@example.com", display_name=f"Crowd {n}") for n in range(count))


def address(order: Order, **more: Any) -> str:
    given = {"transition": "hand_over", "param": "to", "of": order.pk, **more}
    return f"/api/v1/orders/choices?{'&'.join(f'{name}={value}' for name, value in given.items())}"


def of_person(raw: Any) -> Any:
    return PERSON.clean(raw)


def test_a_person_is_named_by_number_address_or_a_chosen_line(instructor: User) -> None:
    line = choosing.text_of(instructor)
    assert line == f"Ivo ({instructor.pk})"
    for raw in (instructor.pk, str(instructor.pk), f" {line} ", "ivo@example.com", "IVO@Example.com", instructor):
        assert of_person(raw) == instructor


@pytest.mark.parametrize("raw", ["Ivo", "nobody@example.com", "Ivo (999999)", 10**30, True, "a\x00@b", {"pk": 1}, 1.5])
def test_who_is_unknown_is_refused_in_words(instructor: User, raw: Any) -> None:
    form = Params((PERSON,))
    with pytest.raises(ValidationError, match="nobody known as"):
        form.clean({"to": raw})


def test_who_left_cannot_be_chosen(instructor: User) -> None:
    instructor.is_active = False
    instructor.save()
    assert choosing.search(PERSON, "I", instructor) == []
    with pytest.raises(ValidationError, match="nobody known as"):
        of_person(instructor.email)


def test_the_page_does_not_grow_with_the_people(client: Client, order: Order, student: User) -> None:
    client.force_login(student)
    addresses = (f"/steps/mill.order/{order.pk}/", f"/steps/mill.order/{order.pk}/hand_over/", "/steps/mill.order/new/")
    before = [len(client.get(url).content) for url in addresses]
    crowd(300)
    after = [len(client.get(url).content) for url in addresses]
    # Only the length of a token or a moment in words may differ.
    assert all(abs(now - then) < 100 for now, then in zip(after, before, strict=True))
    assert "Crowd" not in client.get(addresses[0]).content.decode()


def test_the_form_is_a_text_field_that_knows_where_to_search(client: Client, order: Order, student: User) -> None:
    client.force_login(student)
    html = client.get(f"/steps/mill.order/{order.pk}/").content.decode()
    assert 'name="hand_over-to"' in html
    assert "<select" not in html
    assert f"/api/v1/orders/choices?transition=hand_over&amp;param=to&amp;of={order.pk}" in html
    new = client.get("/steps/mill.order/new/flour/").content.decode()
    assert "/api/v1/orders/choices?transition=order&amp;param=guest&amp;kind=flour" in new


def test_the_search_finds_by_the_beginning_of_the_name_at_most_twenty(
    client: Client, order: Order, student: User
) -> None:
    crowd(30)
    client.force_login(student)
    assert len(client.get(address(order, q="")).json()) == 20
    found = client.get(address(order, q="crowd 2")).json()
    assert [one["text"].rpartition(" (")[0] for one in found][:2] == ["Crowd 2", "Crowd 20"]
    assert client.get(address(order, q="rowd")).json() == []
    assert client.get(address(order, q=str(student.pk))).json()[0]["text"] == choosing.text_of(student)


def test_addresses_of_people_are_shown_to_and_searched_by_staff_alone(student: User, instructor: User) -> None:
    assert choosing.search(PERSON, "ada@", student) == []
    assert choosing.search(PERSON, "Ada", student) == [choosing.Choice(choosing.text_of(student))]
    assert choosing.search(PERSON, "ADA@", instructor) == [choosing.Choice(choosing.text_of(student), student.email)]


def test_who_may_not_make_the_transition_may_not_search(
    client: Client, order: Order, instructor: User, other_student: User, outsider: User, student: User
) -> None:
    assert client.get(address(order)).status_code == 401
    for person, status in ((student, 200), (instructor, 403), (other_student, 404), (outsider, 404)):
        client.force_login(person)
        response = client.get(address(order, q="a"))
        assert response.status_code == status, person
        assert (status == 200) == ("text" in response.content.decode())


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"param": "bags", "transition": "add"}, 404), ({"param": "nothing"}, 404), ({"transition": "nothing"}, 404),
        ({"of": 999_999}, 404), ({"of": -1}, 422), ({"of": 10**30}, 422), ({"q": "x" * 201}, 422), ({"q": "%00"}, 200),
        ({"q": "%25"}, 200), ({"q": "9" * 40}, 200),
    ],
)  # fmt: skip
def test_what_is_no_question_is_answered_so(
    client: Client, order: Order, student: User, more: dict[str, Any], status: int
) -> None:
    client.force_login(student)
    assert client.get(address(order, **more)).status_code == status


def test_a_search_costs_the_same_among_many(
    client: Client, order: Order, student: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(student)
    for people in (0, 200):
        crowd(people)
        with django_assert_num_queries(5):
            client.get(address(order, q="Crowd"))
        User.objects.filter(display_name__startswith="Crowd").delete()


def test_what_is_created_is_searched_for_whoever_may_create_it(
    client: Client, student: User, outsider: User, mill: Mill
) -> None:
    url = "/api/v1/stones/choices?transition=set_up&param=mill&q=upp"
    client.force_login(student)
    assert client.get(url).json() == [{"text": f"Upper mill ({mill.pk})", "note": ""}]
    client.force_login(outsider)
    assert client.get(url).status_code == 403


def test_what_is_typed_without_javascript_moves_it(
    client: Client, order: Order, student: User, instructor: User
) -> None:
    client.force_login(student)
    url = f"/steps/mill.order/{order.pk}/hand_over/"
    wrong = client.post(url, {"version": order.version, "hand_over-to": "Ivo", "hand_over-with": "x@y.z"}, headers=HTMX)
    assert wrong.status_code == 422
    html = wrong.content.decode()
    assert "nobody known as “Ivo”" in html
    assert 'value="Ivo"' in html
    assert 'name="hand_over-with-chosen" value="x@y.z" checked' in html
    given = {
        "version": order.version,
        "hand_over-to": "ivo@example.com",
        "hand_over-with": f"{instructor.pk}, ada@example.com",
    }
    assert client.post(url, given).status_code == 302
    params = flow.history(order).done().last().params  # type: ignore[union-attr]
    assert params == {"to": instructor.pk, "with": [instructor.pk, student.pk]}


def test_several_are_those_ticked_and_those_typed(instructor: User, student: User) -> None:
    several = Params((Param(name="to", kind=Kind.PERSON, many=2, model=User),))
    data = QueryDict(f"to-chosen={choosing.text_of(student)}&to=ivo@example.com")
    form = form_for(several, data)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["to"] == [student, instructor]
    assert not form_for(several, QueryDict("to=1,2,3")).is_valid()


def test_the_api_takes_the_same_words(client: Client, order: Order, student: User, instructor: User) -> None:
    token = create_key(user=student, name="script", role=Role.STUDENT, scopes=["read", "write"])[1]
    headers = {"authorization": f"Bearer {token}"}
    (choice,) = client.get(address(order, q="ivo"), headers=headers).json()
    for raw in (choice["text"], "ivo@example.com", instructor.pk):
        body = {"values": {"to": raw}}
        url = f"/api/v1/orders/{order.pk}/transitions/hand_over"
        assert client.post(url, body, content_type="application/json", headers=headers).status_code == 200
    records = flow.history(order).done().filter(transition="hand_over")
    assert [record.params["to"] for record in records] == [instructor.pk] * 3


def test_an_answer_names_the_person(student: User, instructor: User, make_person: MakePerson) -> None:
    guest = make_person("Gil")
    made: Order = flow.create(Order, "order", by=student, kind="flour", title="Bread", bags=1, guest="gil@example.com")
    assert made.answers["guest"] == guest.pk
    assert ("For a guest", "Gil") in showing.answers(made)


@pytest.mark.postgres
def test_the_search_for_people_reads_indexes_alone(instructor: User) -> None:
    crowd(1000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE accounts_user")
        cursor.execute("SET LOCAL enable_seqscan = off")
    begins = choosing.beginning("display_name", "crowd 77", address=True)
    plan = User.objects.filter(begins).explain()
    assert "flow_people_by_name" in plan
    assert "email" in plan
    assert "Seq Scan" not in plan
