"""The partials, and the one address every transition of the site is posted to."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template
from django.test import Client, RequestFactory

from gradus import flow
from gradus.accounts.models import User
from tests.platform.flow.mill.models import Order

HTMX = {"HX-Request": "true"}


def address(order: Order, name: str) -> str:
    return f"/steps/mill.order/{order.pk}/{name}/"


def rendered(source: str, order: Order, person: Any) -> str:
    request = RequestFactory().get("/")
    request.user = person
    return Template("{% load flow %}" + source).render(Context({"request": request, "order": order}))


def test_the_badge_names_the_state(order: Order, student: User, instructor: User) -> None:
    assert "Ordered" in rendered("{% flow_state order %}", order, student)
    done = flow.apply(order, "approve", by=instructor)
    assert "g-badge--success" in rendered("{% flow_state order %}", done, student)


def test_the_timeline_shows_steps_notes_and_people_newest_first(order: Order, student: User, instructor: User) -> None:
    done = flow.apply(order, "approve", by=instructor, note="<b>Gladly</b>")
    with pytest.raises(flow.NotNow):
        flow.apply(done, "reject", by=instructor, note="hidden refusal")
    html = rendered("{% flow_timeline order %}", done, student)
    assert html.index("Approve") < html.index("Order")
    assert "&lt;b&gt;Gladly" in html
    assert "Ivo" in html
    assert "hidden refusal" not in html


def test_buttons_work_without_javascript_and_carry_the_version(order: Order, instructor: User) -> None:
    html = rendered("{% flow_actions order %}", order, instructor)
    assert f'action="{address(order, "claim")}"' in html
    assert 'name="version" value="1"' in html
    assert 'name="reject-note"' in html


def test_greyed_buttons_say_why(student: User, instructor: User) -> None:
    own = flow.create(Order, "order", by=instructor, kind="flour", title="Mine", bags=2)
    html = rendered("{% flow_actions order %}", own, instructor)
    assert html.count("disabled") == 3
    assert "It is your own order" in html
    assert "nothing for you to do" in rendered("{% flow_actions order %}", own, AnonymousUser())


def test_posting_moves_and_leads_back(client: Client, order: Order, instructor: User) -> None:
    client.force_login(instructor)
    response = client.post(address(order, "approve"), {"version": "1", "approve-note": "Gladly"})
    assert response.status_code == 302
    assert Order.objects.get().state == "approved"
    assert flow.history(order).last().note == "Gladly"  # type: ignore[union-attr]


def test_htmx_gets_the_panel_and_a_toast(client: Client, order: Order, instructor: User) -> None:
    client.force_login(instructor)
    response = client.post(address(order, "claim"), {"version": "1"}, headers=HTMX)
    assert response.status_code == 200
    assert "<html" not in response.content.decode()
    assert "gradus:toast" in response["HX-Trigger"]


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_mistake_keeps_the_form_open(client: Client, order: Order, instructor: User, headers: dict[str, str]) -> None:
    client.force_login(instructor)
    response = client.post(address(order, "reject"), {"version": "1", "reject-note": " "}, headers=headers)
    assert response.status_code == 422
    assert "open" in response.content.decode()
    assert Order.objects.get().state == "ordered"


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_conflict_says_who_was_first_and_keeps_what_was_typed(
    client: Client, order: Order, instructor: User, other_instructor: User, headers: dict[str, str]
) -> None:
    flow.apply(order, "claim", by=other_instructor)
    client.force_login(instructor)
    typed = {"version": "1", "reject-note": "My careful words"}
    response = client.post(address(order, "reject"), typed, headers=headers)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Iris was first" in page
    assert "My careful words" in page
    assert 'name="version" value="2"' in page
    assert Order.objects.get().state == "ordered"


def test_words_typed_into_what_is_no_longer_possible_are_not_lost(
    client: Client, order: Order, instructor: User, other_instructor: User
) -> None:
    flow.apply(order, "approve", by=other_instructor)
    client.force_login(instructor)
    response = client.post(address(order, "reject"), {"version": "1", "reject-note": "My careful words"})
    assert response.status_code == 409
    assert "My careful words" in response.content.decode()


def test_a_rule_that_says_no_answers_403_and_a_hidden_thing_404(
    client: Client, order: Order, instructor: User, other_student: User, student: User
) -> None:
    client.force_login(student)
    assert client.post(address(order, "approve"), {"version": "1"}).status_code == 403
    client.force_login(other_student)
    assert client.post(address(order, "add"), {"add-bags": "2"}).status_code == 404
    client.logout()
    assert client.post(address(order, "add"), {"add-bags": "2"}).status_code == 404


@pytest.mark.parametrize("path", ["/steps/mill.order/999/approve/", "/steps/mill.mill/1/x/", "/steps/no.such/1/x/"])
def test_unknown_things_answer_404(client: Client, instructor: User, path: str) -> None:
    client.force_login(instructor)
    assert client.post(path).status_code == 404


def test_an_unknown_transition_answers_404(client: Client, order: Order, instructor: User) -> None:
    client.force_login(instructor)
    assert client.post(address(order, "fly")).status_code == 404


def test_a_link_opens_the_form_on_a_page(client: Client, order: Order, instructor: User) -> None:
    client.force_login(instructor)
    response = client.get(address(order, "reject"))
    assert response.status_code == 200
    assert "What you can do" in response.content.decode()
