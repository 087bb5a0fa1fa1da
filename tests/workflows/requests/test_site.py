"""The student's pages: choose, file, follow, answer, withdraw."""

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from gradus import flow
from gradus.accounts.models import User
from gradus.flow.panels import move_url
from tests.workflows.requests.conftest import ANSWERS, MakeRequest
from workflows.requests.models import Request

KINDS = ["bug", "feature", "refund", "track_change"]


@pytest.fixture
def signed_in(client: Client, student: User) -> Client:
    client.force_login(student)
    return client


def test_a_guest_is_asked_to_sign_in(client: Client, db: None) -> None:
    response = client.get("/requests/new/bug/")
    assert response.status_code == 302
    assert response["Location"] == "/accounts/login/?next=/requests/new/bug/"


def test_every_kind_can_be_chosen(signed_in: Client) -> None:
    page = signed_in.get("/requests/new/").content.decode()
    assert [f"/requests/new/{kind}/" in page for kind in KINDS] == [True] * 4


@pytest.mark.parametrize("kind", KINDS)
def test_a_student_files_a_request(signed_in: Client, student: User, kind: str) -> None:
    answers = {name: "49.00" if name == "amount" else value for name, value in ANSWERS[kind].items()}
    assert signed_in.get(f"/requests/new/{kind}/").status_code == 200
    response = signed_in.post(f"/requests/new/{kind}/", {"title": "Help", "text": "Please", **answers})
    filed = Request.objects.get()
    assert response["Location"] == f"/requests/{filed.pk}/"
    assert (filed.author, filed.kind, filed.state) == (student, kind, "submitted")
    page = signed_in.get(f"/requests/{filed.pk}/").content.decode()
    assert "Help" in page
    assert "Submitted" in page


@pytest.mark.parametrize(
    ("kind", "label"),
    [
        ("bug", "What happened"),
        ("feature", "What you wish for"),
        ("track_change", "Why you want to change"),
        ("refund", "What you ask for"),
    ],
)
def test_each_kind_asks_for_the_long_text_in_its_own_words(signed_in: Client, kind: str, label: str) -> None:
    assert f'<label for="id_text">{label}</label>' in signed_in.get(f"/requests/new/{kind}/").content.decode()


def test_money_is_kept_in_minor_units_and_shown_in_words(signed_in: Client) -> None:
    signed_in.post(
        "/requests/new/refund/", {"title": "Twice", "text": "x", "amount": "49.50", "reason": "twice"}, follow=True
    )
    filed = Request.objects.get()
    assert filed.answers["amount"] == 4950
    page = signed_in.get(f"/requests/{filed.pk}/").content.decode()
    assert "€49.50" in page
    assert "I was charged twice" in page


def test_a_form_with_mistakes_keeps_what_was_typed(signed_in: Client) -> None:
    response = signed_in.post("/requests/new/refund/", {"title": "Twice", "text": "", "amount": "minus", "reason": "x"})
    assert response.status_code == 422
    page = response.content.decode()
    assert 'value="Twice"' in page
    assert 'value="minus"' in page
    assert not Request.objects.exists()


def test_a_value_a_rule_refuses_is_told_at_its_field_and_what_was_typed_is_kept(signed_in: Client) -> None:
    same = {"title": "Change it", "text": "Please", "current_track": "saas", "desired_track": "saas"}
    response = signed_in.post("/requests/new/track_change/", same)
    assert response.status_code == 422
    form = response.context["form"]
    assert form.errors == {"desired_track": ["You are on that track already"]}
    assert response.context["refusal"] is None
    assert 'value="Change it"' in response.content.decode()


def test_the_api_says_which_value_a_rule_refuses(signed_in: Client) -> None:
    values = {"title": "Change", "text": "x", "current_track": "saas", "desired_track": "saas"}
    body = {"kind": "track_change", "values": values}
    response = signed_in.post("/api/v1/requests/", body, content_type="application/json")
    assert response.status_code == 403
    assert response.json()["errors"] == {"desired_track": ["you are on that track already"]}


def test_the_list_opens_on_what_is_open(signed_in: Client, make_request: MakeRequest, student: User) -> None:
    make_request(title="Still open")
    done = make_request(title="Taken back")
    flow.apply(done, "withdraw", by=student)
    page = signed_in.get("/requests/").content.decode()
    assert "Still open" in page
    assert "Taken back" not in page
    assert "Taken back" in signed_in.get("/requests/?show=closed").content.decode()


def test_whoever_lost_the_role_sees_no_titles_any_more(
    client: Client, make_request: MakeRequest, student: User
) -> None:
    make_request(title="Still mine")
    client.force_login(student)
    assert "Still mine" in client.get("/requests/").content.decode()
    student.groups.clear()
    assert "Still mine" not in client.get("/requests/").content.decode()


def test_nobody_elses_request_is_there(client: Client, make_request: MakeRequest, other_student: User) -> None:
    filed = make_request()
    client.force_login(other_student)
    assert client.get(f"/requests/{filed.pk}/").status_code == 404
    assert client.get(f"/requests/{filed.pk}/status/").status_code == 404
    assert client.post(move_url(filed, "withdraw")).status_code == 404
    filed.refresh_from_db()
    assert filed.state == "submitted"


def test_a_student_withdraws_with_one_button(signed_in: Client, make_request: MakeRequest) -> None:
    filed = make_request()
    response = signed_in.post(move_url(filed, "withdraw"), {"version": filed.version})
    assert response.status_code == 302
    filed.refresh_from_db()
    assert filed.state == "withdrawn"


def test_a_student_answers_what_is_asked_back(signed_in: Client, make_request: MakeRequest, instructor: User) -> None:
    asked = make_request()
    flow.apply(asked, "claim", by=instructor)
    asked = flow.apply(asked, "ask", by=instructor, note="Which browser is it?")
    page = signed_in.get(f"/requests/{asked.pk}/").content.decode()
    assert "Which browser is it?" in page
    assert signed_in.get(move_url(asked, "answer")).status_code == 200
    signed_in.post(move_url(asked, "answer"), {"answer-note": "Firefox", "version": asked.version})
    asked.refresh_from_db()
    assert asked.state == "in_review"
    assert "Firefox" in signed_in.get(f"/requests/{asked.pk}/").content.decode()


def test_a_stale_page_gets_a_conflict_and_keeps_the_text(
    signed_in: Client, make_request: MakeRequest, instructor: User
) -> None:
    filed = make_request()
    seen = filed.version
    flow.apply(filed, "approve", by=instructor)
    response = signed_in.post(
        move_url(filed, "add_information"), {"add_information-note": "One more thing", "version": seen}
    )
    assert response.status_code == 409
    page = response.content.decode()
    assert "One more thing" in page
    assert "Ivo was first" in page


def test_a_mistake_in_the_form_does_not_hide_a_conflict(
    signed_in: Client, make_request: MakeRequest, instructor: User
) -> None:
    filed = make_request()
    flow.apply(filed, "approve", by=instructor)
    stale = {"add_information-note": " ", "version": filed.version}
    response = signed_in.post(move_url(filed, "add_information"), stale)
    assert response.status_code == 409
    assert "Ivo was first" in response.content.decode()


def test_the_list_needs_the_same_queries_for_many(
    signed_in: Client, make_request: MakeRequest, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(8):
        make_request(title=f"Number {number}")
    with django_assert_max_num_queries(20):
        signed_in.get("/requests/")


def test_the_page_of_a_request_stays_within_its_queries(
    signed_in: Client, make_request: MakeRequest, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    filed = make_request()
    with django_assert_max_num_queries(20):
        signed_in.get(f"/requests/{filed.pk}/")


def test_what_can_be_done_comes_before_what_happened(signed_in: Client, make_request: MakeRequest) -> None:
    html = signed_in.get(f"/requests/{make_request().pk}/").content.decode()
    assert html.index("What you can do") < html.index("Reviewer") < html.index("What happened")


def test_a_question_stands_on_top_with_the_form_that_answers_it_open(
    signed_in: Client, make_request: MakeRequest, instructor: User, student: User
) -> None:
    request = flow.apply(make_request(), "claim", by=instructor)
    request = flow.apply(request, "ask", by=instructor, note="Which browser was it?")
    html = signed_in.get(f"/requests/{request.pk}/").content.decode()
    assert html.index("Ivo asks you") < html.index("Which browser was it?") < html.index("What you can do")
    assert re.search(r"<details[^>]* open", html)
    flow.apply(request, "answer", by=student, note="All of them.")
    html = signed_in.get(f"/requests/{request.pk}/").content.decode()
    assert "Ivo asks you" not in html
    assert not re.search(r"<details[^>]* open", html)


@pytest.mark.parametrize("title", ["\u200b", "\u200b \u2060\u00ad", "\u202e\ufeff"])
def test_a_title_can_be_seen(client: Client, student: User, title: str) -> None:
    client.force_login(student, backend="django.contrib.auth.backends.ModelBackend")
    bug = {"title": title, "text": "Still.", "severity": "minor"}
    assert client.post("/requests/new/bug/", bug).status_code == 422
    assert client.post("/requests/new/bug/", bug | {"title": "White"}).status_code == 302
