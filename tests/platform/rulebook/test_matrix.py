"""The matrix of a process and the list of all of them, in people's words."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from gradus import flow, policy
from gradus.accounts.models import User
from gradus.policy.stating import stated
from gradus.rulebook.models import BookDraft
from gradus.rulebook.seeing.tables import table_of
from tests.platform.flow.mill.models import Order
from tests.platform.rulebook.conftest import flour

pytestmark = pytest.mark.django_db


def condition(text: str) -> str:
    with policy.using(flour(('instructor = "cheap and obj.reviewer is None"', f'instructor = "{text}"'))) as rules:
        row = rules.book("mill.Order", "flour").transitions["approve"]
        [found] = [row for role, row in row.rows.items() if role == "instructor"]
        return stated(found.node)


def test_a_condition_is_said_as_what_it_asks() -> None:
    for text, said in {
        "always": "always",
        "never": "never",
        "own": "it is your own order",
        "not own": "it is not your order",
        "obj.reviewer == user": "you are the reviewer",
        "obj.reviewer is not None": "the reviewer is there already",
        "obj.price > 10000": "the price is above 100.00",
        "cheap": "the price is not above 100.00",
        "not cheap": "the price is above 100.00",
        "own and (cheap or small)": (
            "it is your own order and (the price is not above 100.00 or the bags is not above 100)"
        ),
    }.items():
        assert condition(text) == said, text


def test_each_cell_has_its_words_and_the_text_of_its_rule(desk: Client) -> None:
    with policy.using(flour()):
        page = desk.get("/admin/rules/matrix/mill.order.flour/").content.decode()
    row = page[page.index("Ordered → Approved") :]
    row = row[: row.index("</tr>")]
    assert "the price is not above 100.00 and the reviewer is missing" in row
    assert "<code>cheap and obj.reviewer is None</code>" in row
    assert re.search(r'data-label="Administrator">\s*<span class="rb-yes">always', row)
    assert "it is your own order" in row[row.index("Nobody, when") :]
    for words in ("ring → author (2)", "the beginning → Ordered", "<code>obj.bags &lt;= 100</code>", "flour.toml"):
        assert words in page, words


def test_limits_are_listed_with_their_numbers() -> None:
    book = policy.active().book("requests.Request", "track_change")
    [submit] = [row for row in table_of(book).transitions if row.name == "submit"]
    assert submit.limits == (
        "You changed track less than six months ago. (“Mark as changed”: once in 180 days)",
        (
            "You have asked for a track change three times within a month. Add what changed to your last request"
            " instead. (“Send the request”: 3 times in 30 days)"
        ),
    )


def test_every_rule_of_every_book_has_words_in_every_cell() -> None:
    for book in policy.active().books:
        table = table_of(book)
        rows = [*table.transitions, *table.rights]
        assert {row.name for row in rows} == set(book.rules)
        for row in rows:
            rule = book.rules[row.name]
            filled = {role for role, words in row.cells if words.said}
            assert filled == {role.label for role in rule.rows}
            assert bool(row.forbid.said) == bool(rule.forbid)


def test_the_list_counts_states_and_open_objects(
    desk: Client, order: Order, student: User, instructor: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with policy.using(flour()):
        done = flow.create(Order, "order", by=student, kind="flour", title="Rye", bags=1, price=1)
        flow.apply(done, "approve", by=instructor)
        page = desk.get("/admin/rules/").content.decode()
        row = page[page.index("Flour</a>") : page.index("</tr>", page.index("Flour</a>"))]
        numbers = re.findall(r'class="g-num">(\S+)</td>', row)
        assert numbers == ["3", "1"]
        with django_assert_num_queries(10) as few:
            desk.get("/admin/rules/")
        for number in range(3):
            flow.create(Order, "order", by=student, kind="flour", title=f"Rye {number}", bags=1, price=1)
        with django_assert_num_queries(len(few)):
            desk.get("/admin/rules/")


@pytest.mark.parametrize("key", ["nothing", "requests.request", "requests.request.nothing", "../x"])
@pytest.mark.parametrize("page", ["matrix", "diagram"])
def test_a_process_that_is_not_there_is_not_found(desk: Client, page: str, key: str) -> None:
    assert desk.get(f"/admin/rules/{page}/{key}/").status_code == 404


def test_a_book_without_states_says_so(desk: Client) -> None:
    assert "Nothing changes state here" in desk.get("/admin/rules/diagram/catalog.lessonpage/").content.decode()


def test_the_list_leads_to_each_book(desk: Client) -> None:
    draft = BookDraft.objects.create(file="requests/refund.toml", text="")
    page = desk.get("/admin/rules/").content.decode()
    row = page[page.index("Refund</a>") : page.index("</tr>", page.index("Refund</a>"))]
    assert reverse("wagtailsnippets_rulebook_bookdraft:edit", args=[draft.pk]) in row
    draft.delete()
    assert "Change the rules" not in desk.get("/admin/rules/").content.decode()
