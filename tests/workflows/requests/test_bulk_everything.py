"""Deciding on everything a listing matches, a bounded number at a time; and saying so where a list is cut off."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gradus import flow
from gradus.accounts.models import User
from gradus.accounts.roles import Role
from tests.workflows.requests.conftest import MakeRequest
from workflows.requests.models import Request

QUEUE = "/admin/requests/"
BULK = f"{QUEUE}bulk/reject/"
EVERYTHING = {"all": "1"}
File = Callable[..., list[Request]]


@pytest.fixture
def filed(make_request: MakeRequest, make_person: Callable[..., User]) -> File:
    """That many requests, each of a student of their own: filing is limited."""

    def file(count: int, title: str = "White") -> list[Request]:
        before = User.objects.count()
        people = [make_person(f"Student{before + number}", Role.STUDENT) for number in range(count)]
        return [make_request(by=person, title=f"{title} {number}") for number, person in enumerate(people)]

    return file


def text(response: object) -> str:
    return re.sub(r"\s+", " ", response.content.decode())  # type: ignore[attr-defined]


def chosen_in(html: str) -> str:
    found = re.search(r'name="chosen" value="([^"]*)"', html)
    assert found
    return found[1]


@pytest.fixture
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gradus.flow.workbench.listing.QueueView.paginate_by", 2)


@pytest.mark.usefixtures("_small_pages")
def test_the_listing_offers_everything_only_where_there_is_more_than_a_page(desk: Client, filed: File) -> None:
    filed(2)
    assert "data-bulk-everything" not in text(desk.get(QUEUE))
    filed(1)
    assert "All 3 that match, as far as the step is possible: at most 500 at a time" in text(desk.get(QUEUE))
    searched = text(desk.get(f"{QUEUE}results/?q=white&kind=bug"))
    assert 'name="match" form="bulk" value="q=white' in searched


def test_everything_that_matches_is_asked_for_and_then_decided(desk: Client, filed: File) -> None:
    white, black = filed(4), filed(2, "Black")
    asked = text(desk.post(BULK, {**EVERYTHING, "match": "q=white&scope=all"}))
    assert "For these 4" in asked
    assert "Black" not in asked
    done = desk.post(BULK, {"chosen": chosen_in(asked), "confirmed": "1", "note": "Known"})
    assert "4 done" in text(done)
    assert set(Request.objects.filter(state="rejected")) == set(white)
    assert set(Request.objects.filter(state="submitted")) == set(black)


def test_everything_means_what_this_person_may_decide_that_way(
    desk: Client, filed: File, other_instructor: User, instructor: User
) -> None:
    free, taken, done = filed(3)
    flow.apply(taken, "claim", by=other_instructor)
    flow.apply(done, "reject", by=instructor, note="No")
    asked = text(desk.post(BULK, {**EVERYTHING, "match": "scope=all"}))
    assert chosen_in(asked) == f"{free.pk}:{free.version}"


def test_more_than_fit_are_left_for_the_next_time_and_it_says_so(
    desk: Client, filed: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gradus.flow.workbench.bulk.AT_MOST", 3)
    filed(5)
    first = text(desk.post(BULK, {**EVERYTHING, "match": ""}))
    assert "For these 3" in first
    assert "More of them match, and 3 are decided at once" in first
    desk.post(BULK, {"chosen": chosen_in(first), "confirmed": "1", "note": "Known"})
    rest = text(desk.post(BULK, {**EVERYTHING, "match": ""}))
    assert "For these 2" in rest
    assert "More of them match" not in rest


def test_what_changed_since_it_was_asked_is_refused(desk: Client, filed: File, other_instructor: User) -> None:
    first, second = filed(2)
    asked = text(desk.post(BULK, {**EVERYTHING, "match": ""}))
    moved = flow.apply(flow.apply(first, "claim", by=other_instructor), "release", by=other_instructor)
    result = text(desk.post(BULK, {"chosen": chosen_in(asked), "confirmed": "1", "note": "Known"}))
    assert "1 done" in result
    assert "Iris was first" in result
    moved.refresh_from_db()
    second.refresh_from_db()
    assert (moved.state, second.state) == ("submitted", "rejected")


@pytest.mark.parametrize("match", ["p=-1", "ordering=nothing", "export=csv", "q=%00", "scope=all&scope=x"])
def test_an_odd_listing_is_no_error(desk: Client, filed: File, match: str) -> None:
    filed(1)
    assert desk.post(BULK, {**EVERYTHING, "match": match}).status_code == 200


@pytest.mark.parametrize("match", ["state=nix", "kind=requests.refund", "created_at_after=soon", "claimed_by=x"])
def test_an_unreadable_filter_takes_nothing_instead_of_everything(desk: Client, filed: File, match: str) -> None:
    filed(1)
    refused = desk.post(BULK, {**EVERYTHING, "match": match})
    assert refused.status_code == 422
    assert "A filter of the list cannot be read, so nothing was chosen." in text(refused)
    assert "White" not in text(refused)


@pytest.mark.parametrize("chosen", ["", "x", "1:x", ":", "1:2:3", "9" * 40, "1:-1 2"])
def test_an_odd_choice_is_no_error(desk: Client, db: None, chosen: str) -> None:
    assert desk.post(BULK, {"chosen": chosen, "confirmed": "1", "note": "x"}).status_code == 200


def test_asking_for_everything_costs_the_same_for_many(desk: Client, filed: File) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            desk.post(BULK, {**EVERYTHING, "match": ""})
        return len(caught)

    filed(2)
    queries()
    few = queries()
    filed(12)
    assert queries() == few <= 25


def test_hundreds_can_be_confirmed_in_one_form(desk: Client, db: None) -> None:
    """Each is one word of one field: Django takes no more than a thousand fields."""
    pairs = " ".join(f"{number}:1" for number in range(1, 501))
    assert desk.post(BULK, {"chosen": pairs, "confirmed": "1", "note": "x"}).status_code == 200


@pytest.mark.usefixtures("_small_pages")
def test_a_list_that_is_cut_off_says_so(desk: Client, filed: File, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gradus.flow.workbench.listing.COUNT_TO", 3)
    filed(3)
    assert "are listed. Filter or search" not in text(desk.get(QUEUE))
    filed(1)
    cut = text(desk.get(f"{QUEUE}?p=2"))
    assert "The first 3 are listed. Filter or search to reach the rest; the export holds all of them." in cut
    assert "All 3+ that match" in cut
    exported = b"".join(desk.get(f"{QUEUE}?export=csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert exported.count("White") == 4
