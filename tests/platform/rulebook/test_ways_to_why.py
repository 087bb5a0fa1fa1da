"""Every refusal leads whoever may read explanations to its own; the audit log leads to the rules that decided."""

import re
from collections.abc import Iterator

import pytest
from django.db import models
from django.test import Client, RequestFactory
from django.utils.html import escape
from pytest_django import DjangoAssertNumQueries

from gradus import flow, policy
from gradus.accounts.models import User
from gradus.core.errors import Refused, permission_denied
from gradus.rulebook import past, publishing, store
from gradus.rulebook.books.publishing import follow_what_is_in_force
from gradus.rulebook.models import Version, hash_of
from gradus.rulebook.seeing.addresses import person_url, why_url
from tests.platform.rulebook.conftest import REFUND, Commit, filed
from workflows.requests.models import Request

STEPS = "/steps/requests.request"
BULK = "/admin/requests/bulk/approve/"


def way(person: User, thing: models.Model, name: str) -> str:
    return str(escape(why_url(person.pk, thing, name, person.acting_role)))


@pytest.fixture
def taken(student: User, other_instructor: User) -> Request:
    """Somebody else's: nobody here may approve it."""
    return flow.apply(filed(student), "claim", by=other_instructor)


# Refusals


def test_on_the_site_only_administrators_are_led_to_the_reason(
    client: Client, taken: Request, admin: User, instructor: User
) -> None:
    for person, led in ((admin, True), (instructor, False)):
        client.force_login(person)
        page = client.get(taken.get_absolute_url()).content.decode()
        assert 'id="why-approve"' in page
        assert (way(person, taken, "approve") in page) is led
        assert ("rules/why" in page) is led


@pytest.mark.parametrize("page", ["/requests/new/", "/requests/new/refund/"])
def test_what_cannot_even_begin_leads_to_everything_they_may_do(
    client: Client, admin: User, instructor: User, page: str
) -> None:
    for person, led in ((admin, True), (instructor, False)):
        client.force_login(person)
        said = client.get(page).content.decode()
        way_there = str(escape(person_url(person.pk, person.acting_role)))
        assert (way_there in said) is led
        assert ("/admin/rules/" in said) is led
        if led:
            assert client.get(person_url(person.pk, person.acting_role)).status_code == 200


def test_so_are_those_who_tried(client: Client, taken: Request, admin: User, instructor: User) -> None:
    for person, led in ((admin, True), (instructor, False)):
        client.force_login(person)
        answer = client.post(f"{STEPS}/{taken.pk}/approve/", {"version": taken.version})
        said = answer.content.decode()
        assert answer.status_code == 403
        told = said[said.index('role="alert"') : said.index("</section>")]
        assert (way(person, taken, "approve") in told) is led
        assert ("rules/why" in said) is led


def test_what_was_filled_in_wrongly_is_no_refusal(client: Client, student: User, admin: User) -> None:
    free = filed(student)
    client.force_login(admin)
    said = client.post(f"{STEPS}/{free.pk}/reject/", {"version": free.version}).content.decode()
    assert "rules/why" not in said[: said.index("data-tried")]


def test_each_refused_line_of_a_bulk_decision_has_its_own_way(
    client: Client, taken: Request, student: User, admin: User, instructor: User
) -> None:
    for person, led in ((admin, True), (instructor, False)):
        free = filed(student)
        client.force_login(person)
        asked = client.post(BULK, {"id": [free.pk, taken.pk]}).content.decode()
        assert (way(person, taken, "approve") in asked) is led
        chosen = {"confirmed": "1", "chosen": f"{free.pk}:{free.version} {taken.pk}:{taken.version}"}
        page = client.post(BULK, chosen).content.decode()
        assert page.count("g-why-not") == 1
        assert (way(person, taken, "approve") in page) is led
        assert page.count("/admin/rules/why/?") == int(led)


def test_a_decision_asked_for_in_vain_says_why_where_one_lands(
    client: Client, taken: Request, admin: User, instructor: User
) -> None:
    for person, led in ((admin, True), (instructor, False)):
        client.force_login(person)
        page = client.get(f"/admin/requests/{taken.pk}/approve/", follow=True).content.decode()
        told = page[page.index('class="messages') : page.index("</ul>", page.index('class="messages'))]
        assert "claimed" in told, told
        assert (way(person, taken, "approve") in told) is led


def test_so_does_a_form_whose_decision_is_no_longer_possible(client: Client, taken: Request, admin: User) -> None:
    client.force_login(admin)
    page = client.get(f"/admin/requests/{taken.pk}/approve/", {"seen": 1}).content.decode()
    told = page[page.index("No longer possible") : page.index("</form>", page.index("No longer possible"))]
    assert way(admin, taken, "approve") in told


def test_a_queue_that_is_not_for_a_role_leads_to_what_that_role_may(
    client: Client, admin: User, editor: User, refund: str
) -> None:
    rules, _tests = refund.split("[[tests]]", maxsplit=1)
    nothing = policy.load_texts({REFUND: re.sub(r"(?m)^(admin|instructor) .*\n", "", rules)})
    with policy.using(nothing):
        for person, led in ((admin, True), (editor, False)):
            client.force_login(person)
            answer = client.get("/admin/requests/")
            assert answer.status_code == 403
            assert (str(escape(person_url(person.pk, person.acting_role))) in answer.content.decode()) is led


def test_the_links_cost_no_query_each(
    client: Client,
    student: User,
    admin: User,
    other_instructor: User,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    things = [flow.apply(filed(student, f"No. {n}"), "claim", by=other_instructor) for n in range(3)]
    client.force_login(admin)
    client.post(BULK, {"id": [things[0].pk]})
    with django_assert_num_queries(500, exact=False) as one:
        client.post(BULK, {"id": [things[0].pk]})
    with django_assert_num_queries(len(one)):
        page = client.post(BULK, {"id": [each.pk for each in things]}).content.decode()
    assert page.count("/admin/rules/why/?") == 3


def test_a_page_that_is_refused_leads_there_too(taken: Request, admin: User, instructor: User) -> None:
    for person, led in ((admin, True), (instructor, False)):
        request = RequestFactory().get("/")
        request.user = person
        page = permission_denied(request, Refused("it is closed", taken, "view")).content.decode()
        assert "it is closed" in page
        assert (way(person, taken, "view") in page) is led


# The rules that decided


@pytest.fixture
def decided(
    in_force: None, stricter: str, student: User, admin: User, django_capture_on_commit_callbacks: Commit
) -> Iterator[tuple[Request, Request]]:
    """One request by the rules as installed, one by version 1."""
    follow_what_is_in_force()
    before = filed(student, "Before")
    with django_capture_on_commit_callbacks(execute=True):
        publishing.publish({REFUND: stricter}, by=admin, note="Stricter")
    return before, filed(student, "After")


def record_page(desk: Client, thing: Request) -> str:
    record = flow.history(thing).done().get()
    page = desk.get(f"/admin/audit/{record.pk}/").content.decode()
    assert f"/admin/audit/?version={record.book_version}" in page
    return page


def test_a_decision_leads_to_the_version_that_made_it(desk: Client, decided: tuple[Request, Request]) -> None:
    before, after = decided
    assert '<a href="/admin/rules/history/1/">Version 1</a>' in record_page(desk, after)
    assert f'<a href="/admin/rules/history/0/#{REFUND}">as installed</a>' in record_page(desk, before)
    listed = desk.get("/admin/audit/").content.decode()
    assert '<a href="/admin/rules/history/1/">Version 1</a>' in listed
    assert f'<a href="/admin/rules/history/0/#{REFUND}">as installed</a>' in listed
    shown = desk.get("/admin/rules/history/0/").content.decode()
    assert f'id="{REFUND}"' in shown
    assert str(escape(store.files()[REFUND])) in shown
    assert "Something else was published and is in force." in shown


def test_it_is_the_first_version_that_held_the_text(
    desk: Client, decided: tuple[Request, Request], admin: User, stricter: str, refund: str
) -> None:
    for note, text in (("Once more", refund + "\n# other\n"), ("Back", stricter)):
        publishing.publish({REFUND: text}, by=admin, note=note)
    assert Version.objects.count() == 3
    assert past.kept({hash_of(stricter)})[hash_of(stricter)].address == "/admin/rules/history/1/"


def test_a_text_nobody_kept_leads_nowhere(desk: Client, decided: tuple[Request, Request]) -> None:
    with policy.using(policy.load_texts({**store.files(), REFUND: store.files()[REFUND] + "\n# long ago\n"})):
        gone = filed(decided[0].author, "Long ago")
    page = record_page(desk, gone)
    assert "from an earlier installation" in page
    assert "/admin/rules/history/" not in re.sub(r"<nav.*?</nav>", "", page[page.index("g-facts") :], flags=re.DOTALL)


def test_however_many_texts_there_are_it_is_one_query(
    decided: tuple[Request, Request], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    hashes = {each.book_version for thing in decided for each in flow.history(thing)}
    assert len(hashes) == 2
    with django_assert_num_queries(1):
        found = past.kept(hashes | {hash_of(str(number)) for number in range(50)})
    assert found.keys() == hashes
