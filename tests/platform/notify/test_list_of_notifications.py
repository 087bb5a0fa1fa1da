"""The list, the bell and reading."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from gradus.accounts.models import User
from gradus.accounts.services import create_person
from gradus.notify import selectors
from gradus.notify.models import Change, Notification
from tests.platform.notify.conftest import Tell
from tests.workflows.requests.conftest import MakeRequest, make_request
from workflows.requests.models import Request

__all__ = ["make_request"]

pytestmark = pytest.mark.django_db
LIST = "/notifications/"


@pytest.fixture
def reader(client: Client, student: User) -> Client:
    client.force_login(student, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_person_reads_their_own_and_nobody_elses(reader: Client, student: User, instructor: User, tell: Tell) -> None:
    tell(student, name="mine")
    tell(instructor, name="theirs")
    page = reader.get(LIST)
    assertContains(page, "Hello mine")
    assertNotContains(page, "Hello theirs")


def test_what_was_told_is_shown_escaped(reader: Client, student: User, tell: Tell) -> None:
    tell(student, name="<script>alert(1)</script>")
    page = reader.get(LIST)
    assertNotContains(page, "<script>alert")
    assertContains(page, "&lt;script&gt;alert")


def test_an_empty_list_says_what_will_be_there(reader: Client) -> None:
    assertContains(reader.get(LIST), "Nothing to tell you yet")
    assertContains(reader.get(LIST, {"show": "unread"}), "You have read everything")


def test_the_unread_ones_can_be_shown_alone(reader: Client, student: User, tell: Tell) -> None:
    [read] = tell(student, name="read")
    tell(student, name="unread")
    reader.get(f"/notifications/{read.pk}/")
    page = reader.get(LIST, {"show": "unread"})
    assertContains(page, "Hello unread")
    assertNotContains(page, "Hello read<")


def test_following_one_reads_it_and_goes_there(reader: Client, student: User, tell: Tell) -> None:
    [told] = tell(student, url="/requests/1/")
    assertRedirects(reader.get(f"/notifications/{told.pk}/"), "/requests/1/", fetch_redirect_response=False)
    told.refresh_from_db()
    assert told.read_at is not None


@pytest.mark.parametrize("address", ["/notifications/{}/", "/notifications/{}/mark/"])
def test_somebody_elses_is_not_there(reader: Client, instructor: User, tell: Tell, address: str) -> None:
    [theirs] = tell(instructor)
    ask = reader.post if "mark" in address else reader.get
    assert ask(address.format(theirs.pk)).status_code == 404
    theirs.refresh_from_db()
    assert theirs.read_at is None


def test_one_can_be_marked_read_and_unread_again(reader: Client, student: User, tell: Tell) -> None:
    [told] = tell(student)
    reader.post(f"/notifications/{told.pk}/mark/")
    assert selectors.unread_count(student) == ""
    page = reader.post(f"/notifications/{told.pk}/mark/", {"as": "unread", "show": "unread"})
    assertRedirects(page, f"{LIST}?show=unread")
    assert selectors.unread_count(student) == "1"


def test_marking_all_offers_to_undo_it(reader: Client, student: User, tell: Tell) -> None:
    tell(student, student)
    tell(student)
    page = reader.post("/notifications/mark-all/", follow=True)
    assertContains(page, "2 notifications marked as read.")
    assert selectors.unread_count(student) == ""
    page = reader.post("/notifications/undo/", {"undo": page.context["undo"]}, follow=True)
    assertContains(page, "They are unread again.")
    assert selectors.unread_count(student) == "2"


def test_a_forged_undo_changes_nothing(reader: Client, student: User, tell: Tell) -> None:
    tell(student)
    reader.post("/notifications/mark-all/")
    assertContains(reader.post("/notifications/undo/", {"undo": "forged"}, follow=True), "no longer be undone")
    assert selectors.unread_count(student) == ""


def test_the_bell_counts_up_to_99(reader: Client, student: User) -> None:
    rows = [Notification(user=student, kind="tests/hello", title="x") for _ in range(99)]
    Notification.objects.bulk_create(rows)
    assertContains(reader.get("/notifications/bell/"), ">99<")
    Notification.objects.create(user=student, kind="tests/hello", title="x")
    assertContains(reader.get("/notifications/bell/"), ">99+<")


def test_a_page_that_was_signed_out_keeps_its_bell(client: Client) -> None:
    assert client.get("/notifications/bell/").status_code == 204


def test_guests_are_asked_to_sign_in(client: Client) -> None:
    page = client.get(LIST)
    assert page.status_code == 302
    assert page.headers["Location"].startswith("/accounts/login/")


def test_the_bell_rings_on_other_pages_when_something_is_read(reader: Client, student: User, tell: Tell) -> None:
    tell(student)
    Change.objects.all().delete()
    reader.post("/notifications/mark-all/")
    assert Change.objects.get().type == "bell"
    reader.post("/notifications/mark-all/")
    assert Change.objects.count() == 1  # nothing was unread any more


def test_long_lists_have_pages_and_cost_the_same_queries(reader: Client, student: User, tell: Tell) -> None:
    tell(student)
    with CaptureQueriesContext(connection) as short:
        reader.get(LIST)
    Notification.objects.bulk_create(Notification(user=student, kind="x", title=f"No {n}.") for n in range(30))
    with CaptureQueriesContext(connection) as long:
        page = reader.get(LIST)
    assert len(long) == len(short) <= 20
    assertContains(page, "No 29.")
    assertNotContains(page, "No 5.")
    assertContains(reader.get(LIST, {"page": 2}), "No 5.")


def test_what_one_may_no_longer_view_is_listed_without_its_words(
    reader: Client, student: User, make_request: MakeRequest, tell: Tell
) -> None:
    kept, lost = make_request(title="Mine"), make_request(title="Was mine")
    tell(student, about=kept, name="kept", url="/requests/1/")
    [told] = tell(student, about=lost, name="lost", url="/requests/2/")
    assertContains(reader.get(LIST), "Hello lost")

    Request.objects.filter(pk=lost.pk).update(
        author=create_person(email="new@example.com", display_name="New", roles=[])
    )

    page = reader.get(LIST)
    assertContains(page, "Hello kept")
    assertContains(page, "No longer available")
    assertNotContains(page, "Hello lost")
    assertNotContains(page, f'/notifications/{told.pk}/"')
    answer = reader.get(f"/notifications/{told.pk}/", follow=True)
    assertRedirects(answer, LIST)
    assertContains(answer, "no longer available to you")


def test_what_is_not_there_any_more_is_listed_without_its_words(
    reader: Client, student: User, make_request: MakeRequest, tell: Tell
) -> None:
    tell(student, about=make_request(), name="lost")
    Notification.objects.update(about_id="999999")
    assertNotContains(reader.get(LIST), "Hello lost")


@pytest.mark.parametrize("count", [1, 8])
def test_asking_what_may_still_be_viewed_takes_the_same_queries_however_long_the_list(
    student: User, make_request: MakeRequest, tell: Tell, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        tell(student, about=make_request(), name=str(number))
    listed = list(selectors.listed(student))
    with django_assert_num_queries(3):
        assert selectors.gone(User.objects.get(pk=student.pk), listed) == set()
