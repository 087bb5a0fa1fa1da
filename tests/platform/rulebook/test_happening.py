"""What happens by itself, in people's words, on the page of the matrix."""

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from gradus import policy
from gradus.rulebook.seeing.happening import Happening, happenings
from tests.platform.rulebook.conftest import flour

pytestmark = pytest.mark.django_db
NOTIFY = '{ notify = "author", template = "requests/waiting" }'


def happening(*lines: str, do: str = NOTIFY, more: str = "") -> Happening:
    text = "\n".join(["[[automations]]", 'id = "one"', *lines, f"do = [{do}]", more, "", "[permissions.view]"])
    (book,) = flour(("[permissions.view]", text)).books
    (found,) = happenings(book)
    return found


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (['on = "approve"'], "after “Approve”"),
        (['on = "ordered -> rejected"'], "when it moves from “Ordered” to “Rejected”"),
        (['on = "* -> rejected"'], "when it moves from any state to “Rejected”"),
        (['after = "2 days in ordered"'], "when it has been “Ordered” for 2 days"),
        (
            ['after = "2 days in ordered"', 'again = "3 days"'],
            "when it has been “Ordered” for 2 days, and again every 3 days",
        ),
        (['every = "day at 07:00"', 'if = "obj.bags > 5"'], "every day at 7 a.m."),
        (['every = "monday at 07:30"', 'if = "obj.bags > 5"'], "every Monday at 7:30 a.m."),
        (['every = "month on 3 at 07:00"', 'if = "obj.bags > 5"'], "on day 3 of every month at 7 a.m."),
    ],
)
def test_when_it_happens(lines: list[str], said: str) -> None:
    assert happening(*lines).when == said


@pytest.mark.parametrize(
    ("do", "said"),
    [
        (NOTIFY, "tell the author requests/waiting"),
        ('{ notify = "role:instructor", template = "requests/waiting" }', "tell instructors requests/waiting"),
        ('{ webhook = "shop" }', "send it to the endpoint “shop”"),
        ('{ assign = "reviewer", to = "round robin", role = "editor" }', "assign: reviewer round robin, editor"),
        ('{ apply = "reject" }', "make the transition “Reject”"),
    ],
)  # fmt: skip
def test_what_is_done(do: str, said: str) -> None:
    assert list(map(str, happening('on = "approve"', do=do).does)) == [said]


def test_if_and_whether_it_acts() -> None:
    found = happening('on = "approve"', 'if = "cheap"', "live = true")
    assert (found.condition.said, found.condition.text, found.live) == ("the price is not above 100.00", "cheap", True)
    other = happening('on = "approve"')
    assert (other.condition.text, other.live) == ("", False)


def test_it_stands_on_the_page_of_the_matrix(desk: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    page = desk.get("/admin/rules/matrix/requests.request.refund/").content.decode()
    assert "When it has been “Submitted” for 2 days, and again every 3 days" in page
    assert re.search(r"Tell instructors <code[^>]*>requests/waiting</code>", page)
    assert "automation=requests.Request/refund%23remind-instructors" in page
    with policy.using(flour()):
        page = desk.get("/admin/rules/matrix/mill.order.flour/").content.decode()
        assert "Nothing happens by itself." in page
        with django_assert_num_queries(8):
            desk.get("/admin/rules/matrix/mill.order.flour/")
