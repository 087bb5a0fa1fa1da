"""A kind whose states nobody foresaw: open and closed, and what is asked back, are what its book makes of them."""

from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from gradus import flow, policy
from gradus.accounts.models import User
from workflows.requests import selectors
from workflows.requests.models import Request

BOOK = """
[process]
name  = "requests.reissue"
title = "Certificate re-issue"

[process.states]
asked_for = "Asked for"
unclear   = "Something is unclear"
printed   = "Printed"
refused   = "Refused"

[fields]
author = "author"

[permissions.view]
student    = "obj.author == user"
instructor = "always"

[transitions.ask_for]
from    = [""]
to      = "asked_for"
student = "always"

[transitions.clarify]
from = ["asked_for"]
to   = "unclear"
ask  = { note = { type = "long text", required = true } }
instructor = "always"

[transitions.explain]
from    = ["unclear"]
to      = "asked_for"
ask     = { note = { type = "long text", required = true } }
student = "obj.author == user"

[transitions.print]
from       = ["asked_for"]
to         = "printed"
instructor = "always"

[transitions.refuse]
from       = ["asked_for", "unclear"]
to         = "refused"
instructor = "always"

[transitions.remark]
from    = ["*"]
waiting = false
ask     = { note = { type = "long text", required = true } }
student = "obj.author == user"
"""


@pytest.fixture(autouse=True)
def _published(db: None) -> Iterator[None]:
    old = {book.file: book.text for book in policy.active().books if book.model is Request}
    with policy.using(policy.load_texts({**old, "requests/reissue.toml": BOOK})):
        yield


def filed(by: User, title: str) -> Request:
    return flow.create(Request, "ask_for", by=by, kind="reissue", title=title, text="It has my old name.")


def test_open_is_what_something_leads_out_of(
    client: Client, student: User, instructor: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    first, second = filed(student, "First"), filed(student, "Second")
    assert list(selectors.filed_by(student, "open")) == [second, first]
    flow.apply(first, "print", by=instructor)
    assert list(selectors.filed_by(student, "open")) == [second]
    assert list(selectors.filed_by(student, "closed")) == [first]
    assert list(selectors.filed_by(student, "all")) == [second, first]
    client.force_login(student)
    with django_assert_max_num_queries(20):
        page = client.get("/requests/?show=closed").content.decode()
    assert "First" in page
    assert "Second" not in page


def test_what_is_asked_back_stands_above_the_answer(client: Client, student: User, instructor: User) -> None:
    request = filed(student, "First")
    assert selectors.question_to(student, request) is None  # a remark may be made, but nobody waits for one
    request = flow.apply(request, "clarify", by=instructor, note="Which name?")
    question = selectors.question_to(student, request)
    assert question == selectors.Question("Ivo asks you", "Which name?", "explain")
    assert selectors.question_to(instructor, request) is None
    client.force_login(student)
    assert "Which name?" in client.get(request.get_absolute_url()).content.decode()
    request = flow.apply(request, "explain", by=student, note="The new one.")
    assert selectors.question_to(student, request) is None


def test_the_kinds_that_came_with_it_are_open_and_closed_as_before() -> None:
    closed = {its.process: set(its.closed()) for its in flow.machines(Request) if its.process != "reissue"}
    assert set(closed) == {"bug", "feature", "refund", "track_change"}
    assert set(map(frozenset, closed.values())) == {frozenset({"rejected", "withdrawn", "completed"})}


def test_what_happens_next_is_only_what_its_book_has(client: Client, student: User) -> None:
    client.force_login(student)
    page = client.get("/requests/new/reissue/").content.decode()
    assert "It waits in the queue of those who decide." in page
    assert "until somebody claims it" not in page
    assert "withdraw it" not in page
    usual = client.get("/requests/new/bug/").content.decode()
    assert "until somebody claims it" in usual
    assert "You can add information or withdraw it until then." in usual
