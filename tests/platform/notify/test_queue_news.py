"""What came into a queue since it was opened: counted for its reader, and only for them."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries
from pytest_django.asserts import assertContains

from gradus import flow
from gradus.accounts.models import User
from gradus.notify import news
from gradus.notify.models import Change
from tests.workflows.requests.conftest import MakeRequest, make_request
from workflows.requests.models import Request

__all__ = ["make_request"]

pytestmark = pytest.mark.django_db
ADDRESS = "/admin/news/requests/"


@pytest.fixture
def desk(client: Client, instructor: User) -> Client:
    client.force_login(instructor, "django.contrib.auth.backends.ModelBackend")
    return client


def test_what_is_filed_and_what_a_colleague_moves_is_counted_once_each(
    make_request: MakeRequest, instructor: User, other_instructor: User
) -> None:
    old = make_request(title="Already there")
    opened = news.latest_record()
    make_request(title="Came later")
    flow.apply(flow.apply(old, "claim", by=other_instructor), "release", by=other_instructor)
    assert news.since(Request, opened, instructor) == news.News(new=1, changed=1)


def test_what_one_did_oneself_is_no_news(make_request: MakeRequest, instructor: User) -> None:
    mine = make_request()
    opened = news.latest_record()
    flow.apply(mine, "claim", by=instructor)
    assert news.since(Request, opened, instructor) == news.News(new=0, changed=0)


def test_what_one_may_not_view_is_no_news(make_request: MakeRequest, other_student: User, instructor: User) -> None:
    opened = news.latest_record()
    make_request()
    assert news.since(Request, opened, other_student) == news.News(new=0, changed=0)
    assert news.since(Request, opened, instructor) == news.News(new=1, changed=0)


@pytest.mark.parametrize("count", [1, 9])
def test_counting_takes_the_same_queries_however_much_came(
    desk: Client, make_request: MakeRequest, count: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    desk.get(ADDRESS, {"since": "0"})
    for _ in range(count):
        make_request()
    with django_assert_max_num_queries(12):
        assertContains(desk.get(ADDRESS, {"since": "0"}), f"{count} new")


def test_the_queue_follows_its_workflow(desk: Client, make_request: MakeRequest) -> None:
    make_request()
    assertContains(desk.get("/admin/requests/"), 'data-live="requests.request:any"')
    assert set(Change.objects.filter(object_id="any").values_list("group", flat=True)) == {"topic.requests.request.any"}


@pytest.mark.parametrize("address", [f"{ADDRESS}?since=x", ADDRESS, "/admin/news/nothing/?since=0"])
def test_a_wrong_address_finds_nothing(desk: Client, address: str) -> None:
    assert desk.get(address).status_code == 404


def test_whoever_has_no_queue_hears_nothing_of_it(client: Client, editor: User) -> None:
    client.force_login(editor, "django.contrib.auth.backends.ModelBackend")
    assert client.get(ADDRESS, {"since": "0"}).status_code == 404
    with CaptureQueriesContext(connection) as asked:
        client.get("/admin/requests/")
    assert not [query for query in asked.captured_queries if "flow_transitionrecord" in query["sql"]]


def test_news_bring_the_count_of_the_menu(desk: Client, make_request: MakeRequest) -> None:
    make_request()
    make_request()
    found = desk.get(ADDRESS, {"since": "0"})
    assertContains(found, 'data-waiting="2" data-counted="Requests (2)" data-menu="/admin/requests/"')
