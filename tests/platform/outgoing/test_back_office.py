"""Endpoints and deliveries in the back office: for administrators, with the secret shown once."""

from typing import Any

import httpx
import pytest
import respx
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.asserts import assertContains, assertNotContains

from gradus.accounts.models import User
from gradus.notify import health
from gradus.outgoing import services, tasks
from gradus.outgoing.models import Delivery, Endpoint, Off, Status
from tests.platform.outgoing.conftest import URL, Send

pytestmark = pytest.mark.django_db
HOOKS = "/admin/webhooks/"


@pytest.fixture
def desk(client: Client, admin: User) -> Client:
    client.force_login(admin, "django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def dead(happens: Send, shop: respx.Route) -> Delivery:
    """One that was tried for the last time."""
    delivery = happens()
    shop.mock(return_value=httpx.Response(500, text="<b>broken</b>"))
    Delivery.objects.update(tries=11)
    tasks.send(delivery.pk, 11)
    delivery.refresh_from_db()
    assert delivery.status == Status.DEAD
    return delivery


def made(endpoint: Endpoint, number: int) -> None:
    Delivery.objects.bulk_create(
        Delivery(
            endpoint=endpoint, webhook_id=f"msg_{each}", type="a.b", body="{}", about_model="mill.Order",
            about_id=each, status=Status.SENT, due_at=timezone.now(),
        )
        for each in range(number)
    )  # fmt: skip


def test_a_test_is_sent_from_the_page_of_the_endpoint(desk: Client, endpoint: Endpoint) -> None:
    page = desk.post(f"{HOOKS}{endpoint.pk}/test/", follow=True)
    delivery = Delivery.objects.get()
    assert page.redirect_chain == [(f"{HOOKS}deliveries/{delivery.pk}/", 302)]
    assertContains(page, "A test is on its way.")
    services.switch_off(endpoint, Off.BY_HAND)
    assertContains(desk.post(f"{HOOKS}{endpoint.pk}/test/", follow=True), "Nothing was sent")
    assertNotContains(desk.get(f"{HOOKS}{endpoint.pk}/"), "Send a test")
    assert Delivery.objects.count() == 1


def test_an_endpoint_is_added_and_its_secret_shown_once(desk: Client) -> None:
    answer = desk.post(f"{HOOKS}new/", {"name": "crm", "url": "https://crm.example.com/in"})
    endpoint = Endpoint.objects.get()
    assertContains(answer, endpoint.secret)
    assert "no-store" in answer["Cache-Control"]
    for address in (HOOKS, f"{HOOKS}{endpoint.pk}/", f"{HOOKS}deliveries/"):
        assertNotContains(desk.get(address), endpoint.secret)


@pytest.mark.parametrize(
    ("name", "url", "said"),
    [
        ("My CRM", "https://crm.example.com/", "Small letters, digits, - and _ only"),
        ("shop", "https://crm.example.com/", "already exists"),
        ("crm", "http://crm.example.com/", "The address begins with https://."),
        ("crm", "https://192.168.0.1/", "This address is inside our own network"),
        ("crm", "", "This field is required"),
    ],
)
def test_what_cannot_be_is_told_at_its_field(desk: Client, endpoint: Endpoint, name: str, url: str, said: str) -> None:
    answer = desk.post(f"{HOOKS}new/", {"name": name, "url": url})
    assertContains(answer, said, status_code=422)
    assert Endpoint.objects.count() == 1


def test_the_address_changes_and_the_name_does_not(desk: Client, endpoint: Endpoint) -> None:
    desk.post(f"{HOOKS}{endpoint.pk}/", {"name": "other", "url": "https://new.example.com/"})
    endpoint.refresh_from_db()
    assert (endpoint.name, endpoint.url) == ("shop", "https://new.example.com/")
    desk.post(f"{HOOKS}{endpoint.pk}/", {"url": "https://10.0.0.1/"})
    endpoint.refresh_from_db()
    assert endpoint.url == "https://new.example.com/"


def test_it_says_which_rules_send_there(desk: Client, endpoint: Endpoint, rules: None) -> None:
    assertContains(desk.get(f"{HOOKS}{endpoint.pk}/"), "Flour: tell-the-shop")
    Endpoint.objects.update(name="shops")
    assertContains(desk.get(HOOKS), "Rules send to endpoints that do not exist")


def test_a_new_secret_is_shown_and_the_old_one_stays_valid(desk: Client, endpoint: Endpoint) -> None:
    old = endpoint.secret
    answer = desk.post(f"{HOOKS}{endpoint.pk}/secret/")
    endpoint.refresh_from_db()
    assert (endpoint.old_secret, endpoint.secret != old) == (old, True)
    assertContains(answer, endpoint.secret)
    assertNotContains(answer, old)


def test_it_is_switched_off_and_on(desk: Client, endpoint: Endpoint) -> None:
    desk.post(f"{HOOKS}{endpoint.pk}/switch/", {"to": "off"})
    endpoint.refresh_from_db()
    assert endpoint.off == Off.BY_HAND
    assertContains(desk.get(f"{HOOKS}{endpoint.pk}/"), "An administrator switched it off.")
    desk.post(f"{HOOKS}{endpoint.pk}/switch/", {"to": "on"})
    endpoint.refresh_from_db()
    assert endpoint.off == ""


def test_it_is_removed_with_its_deliveries(desk: Client, dead: Delivery) -> None:
    desk.post(f"{HOOKS}{dead.endpoint_id}/remove/")
    assert (Endpoint.objects.exists(), Delivery.objects.exists()) == (False, False)


def test_a_delivery_shows_what_was_sent_and_what_came_back(desk: Client, dead: Delivery) -> None:
    page = desk.get(f"{HOOKS}deliveries/{dead.pk}/")
    for words in (f"POST {URL}", dead.webhook_id, "mill.flour.claim", "500", "&lt;b&gt;broken&lt;/b&gt;"):
        assertContains(page, words)


def test_one_is_sent_again_once(desk: Client, dead: Delivery) -> None:
    again = f"{HOOKS}deliveries/{dead.pk}/again/"
    assertContains(desk.post(again, follow=True), "It is queued again, under the same id.")
    assertContains(desk.post(again, follow=True), "Nothing was queued")
    dead.refresh_from_db()
    assert (dead.status, dead.tries) == (Status.QUEUED, 0)


def test_all_that_failed_are_sent_again(desk: Client, dead: Delivery) -> None:
    again = f"{HOOKS}{dead.endpoint_id}/again/"
    assertContains(desk.post(again, follow=True), "1 delivery is queued again.")
    assertContains(desk.post(again, follow=True), "Nothing was queued")
    assert tasks.queue_due() == 1


def test_the_list_is_narrowed_and_exported(desk: Client, dead: Delivery) -> None:
    other = services.create_endpoint(name="other", url="https://other.example.com/")
    made(other, 2)
    listed = f"{HOOKS}deliveries/"
    assertContains(desk.get(listed, {"status": "dead"}), f"{listed}{dead.pk}/")
    assertNotContains(desk.get(listed, {"endpoint": other.pk}), f"{listed}{dead.pk}/")
    answer: Any = desk.get(listed, {"export": "csv", "endpoint": dead.endpoint_id})
    rows = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert len(rows) == 2
    assert rows[1].startswith("mill.flour.claim,shop,failed,12,")
    assertContains(desk.get(listed, {"endpoint": "999999"}), "A filter cannot be read, so nothing is shown.")


@pytest.mark.parametrize("address", [HOOKS, f"{HOOKS}deliveries/"])
def test_the_lists_need_the_same_queries_for_many(
    desk: Client, endpoint: Endpoint, address: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    made(endpoint, 1)
    desk.get(address)
    with CaptureQueriesContext(connection) as few:
        desk.get(address)
    Delivery.objects.all().delete()
    made(endpoint, 60)
    for number in range(10):
        services.create_endpoint(name=f"more-{number}", url=URL)
    with django_assert_num_queries(len(few)):
        page = desk.get(address)
    if "deliveries" in address:
        assertContains(page, "Page 1 of 2")


def test_the_health_page_tells_what_failed(desk: Client, dead: Delivery) -> None:
    page = desk.get("/admin/health/")
    assertContains(page, "mill.flour.claim")
    assertContains(page, "Nothing arrives; it is tried again")
    services.switch_off(dead.endpoint, Off.GONE)
    assertContains(desk.get("/admin/health/"), "It answered that it is gone for good (410)")
    Endpoint.objects.all().delete()
    assertContains(desk.get("/admin/health/"), "Every webhook has arrived or is still tried.")


def test_problems_are_counted_where_they_are_shown(dead: Delivery) -> None:
    before = health.problems()
    assert health.report().problems == before
    services.switch_off(dead.endpoint, Off.GONE)
    assert health.problems() == health.report().problems == before + 1
    Delivery.objects.all().delete()
    assert health.problems() == before
