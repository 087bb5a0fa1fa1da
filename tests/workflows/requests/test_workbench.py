"""The instructors' workbench: queue, object, decisions, bulk decisions, conflicts."""

import csv
import io
import re
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from gradus import flow
from gradus.accounts.models import User
from gradus.flow.models import TransitionRecord
from tests.workflows.requests.conftest import MakeRequest
from workflows.requests.models import Request

QUEUE = "/admin/requests/"


def page(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def rows_of(response: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))


def test_the_queue_opens_on_what_waits_for_me(
    desk: Client, make_request: MakeRequest, other_instructor: User, student: User
) -> None:
    make_request(title="Waits for anybody")
    flow.apply(make_request(title="Claimed by a colleague"), "claim", by=other_instructor)
    flow.apply(make_request(title="Taken back"), "withdraw", by=student)
    waiting = page(desk, QUEUE)
    assert "Waits for anybody" in waiting
    assert "Claimed by a colleague" not in waiting
    assert "Taken back" not in waiting
    everything = page(desk, f"{QUEUE}?scope=all")
    assert "Claimed by a colleague" in everything
    assert "Taken back" in everything


@pytest.mark.parametrize("number", ["-1", "0", "x", "9999999999999999999999"])
def test_a_page_there_is_not_shows_the_nearest(desk: Client, make_request: MakeRequest, number: str) -> None:
    make_request(title="The only one")
    assert "The only one" in page(desk, f"{QUEUE}?p={number}")


def test_the_menu_shows_how_many_wait(desk: Client, make_request: MakeRequest) -> None:
    make_request()
    make_request()
    home = page(desk, "/admin/")
    assert "Requests (2)" in home
    assert QUEUE in home


@pytest.mark.parametrize("fixture", ["editor", "analyst"])
@pytest.mark.django_db
def test_other_staff_have_no_workbench(request: pytest.FixtureRequest, client: Client, fixture: str) -> None:
    client.force_login(request.getfixturevalue(fixture))
    assert QUEUE not in page(client, "/admin/")
    response = client.get(QUEUE)
    assert response.status_code in {302, 403}
    assert client.get(QUEUE, headers={"accept": "application/json"}).status_code in {302, 403}


def test_a_student_is_not_let_into_the_admin(client: Client, student: User) -> None:
    client.force_login(student)
    assert client.get(QUEUE).status_code in {302, 403}


@pytest.mark.parametrize(
    "side_door", ["add/", "create/", "new/", "{pk}/edit/", "{pk}/delete/", "{pk}/copy/", "edit/{pk}/"]
)
def test_there_is_no_side_door_around_the_protocol(desk: Client, make_request: MakeRequest, side_door: str) -> None:
    filed = make_request()
    url = QUEUE + side_door.format(pk=filed.pk)
    assert desk.get(url).status_code == 404
    assert desk.post(url, {"title": "Changed"}).status_code == 404
    filed.refresh_from_db()
    assert filed.title == "The page stays white"


def test_searching_filtering_and_sorting(desk: Client, make_request: MakeRequest) -> None:
    make_request(title="White page")
    make_request("refund", title="Charged twice")
    assert "Charged twice" not in page(desk, f"{QUEUE}?q=white")
    assert "White page" not in page(desk, f"{QUEUE}?kind=refund")
    first, second = (page(desk, f"{QUEUE}?ordering={order}") for order in ("title", "-title"))
    assert first.index("Charged twice") < first.index("White page")
    assert second.index("White page") < second.index("Charged twice")


@pytest.mark.parametrize("scope", ["waiting", "all"])
@pytest.mark.parametrize("wrong", ["state=nix", "kind=requests.refund", "created_at_after=soon", "claimed_by=x"])
def test_an_unreadable_filter_finds_nothing_and_says_so(
    desk: Client, make_request: MakeRequest, wrong: str, scope: str
) -> None:
    make_request(title="White page")
    found = page(desk, f"{QUEUE}?scope={scope}&{wrong}")
    assert "White page" not in found
    assert "A filter cannot be read, so nothing is shown." in found
    assert f'href="{QUEUE}?scope={scope}"' in found
    assert "Requests (1)" in found
    assert len(rows_of(desk.get(f"{QUEUE}?scope={scope}&{wrong}&export=csv"))) == 1


@pytest.mark.usefixtures("student", "editor", "analyst")
def test_the_reviewers_to_filter_by_are_those_who_review(desk: Client, instructor: User, admin: User) -> None:
    chooser = desk.get(QUEUE).context["filters"].form.fields["claimed_by"]
    assert set(chooser.queryset) == {instructor, admin}


def test_filters_find_what_nobody_has_claimed(desk: Client, make_request: MakeRequest, instructor: User) -> None:
    make_request(title="White page")
    flow.apply(make_request("refund", title="Charged twice"), "claim", by=instructor)
    unclaimed = page(desk, f"{QUEUE}results/?claimed_by=null&_w_filter_fragment=1")
    assert "White page" in unclaimed
    assert "Charged twice" not in unclaimed
    assert re.search(r'<option value=""[^>]*>\s*Anybody', unclaimed)
    assert re.search(r'<option value="null"[^>]*selected[^>]*>\s*Nobody yet', unclaimed)
    pill = re.search(r'class="w-pill.*?</div>', unclaimed, re.DOTALL)
    assert pill
    assert "Nobody yet" in pill[0]
    assert "Created" not in unclaimed
    assert "White page" not in page(desk, f"{QUEUE}?claimed_by={instructor.pk}")


def test_the_export_holds_exactly_what_is_shown(desk: Client, make_request: MakeRequest) -> None:
    make_request(title="White page")
    make_request("refund", title="Charged twice")
    response = desk.get(f"{QUEUE}?kind=refund&export=csv")
    rows = rows_of(response)
    assert [row[2] for row in rows[1:]] == ["Charged twice"]
    assert desk.get(f"{QUEUE}?export=xlsx")["Content-Type"].endswith("sheet")


def test_a_formula_in_a_title_stays_text_in_the_export(desk: Client, make_request: MakeRequest) -> None:
    make_request(title='=HYPERLINK("https://evil.example")')
    response = desk.get(f"{QUEUE}?export=csv")
    rows = rows_of(response)
    assert rows[1][2].startswith("'=")


def test_the_object_page_offers_what_may_be_done_and_says_why_not_the_rest(
    desk: Client, make_request: MakeRequest, other_instructor: User
) -> None:
    mine = make_request(title="For anybody")
    open_page = page(desk, f"{QUEUE}{mine.pk}/")
    assert f'action="{QUEUE}{mine.pk}/claim/"' in open_page
    flow.apply(mine, "claim", by=other_instructor)
    claimed = page(desk, f"{QUEUE}{mine.pk}/")
    assert f'action="{QUEUE}{mine.pk}/claim/"' not in claimed
    assert 'aria-disabled="true"' in claimed
    assert "a colleague has claimed it" in claimed.lower()


def test_an_instructor_claims_and_rejects_with_a_note(desk: Client, make_request: MakeRequest) -> None:
    filed = make_request("refund")
    desk.post(f"{QUEUE}{filed.pk}/claim/", {"expect_version": filed.version})
    url = f"{QUEUE}{filed.pk}/reject/"
    assert "Why not" in page(desk, url)
    assert desk.post(url, {"note": ""}).status_code == 422
    assert desk.post(url, {"note": "It was used for a month."}).status_code == 302
    filed.refresh_from_db()
    assert filed.state == "rejected"
    assert "It was used for a month." in page(desk, f"{QUEUE}{filed.pk}/")


def test_a_second_reviewer_gets_a_conflict_and_keeps_the_note(
    desk: Client, make_request: MakeRequest, other_instructor: User
) -> None:
    filed = make_request("refund")
    flow.apply(filed, "approve", by=other_instructor)
    response = desk.post(
        f"{QUEUE}{filed.pk}/reject/", {"note": "I had written a long reason.", "expect_version": filed.version}
    )
    assert response.status_code == 409
    content = response.content.decode()
    assert "I had written a long reason." in content
    assert "Iris was first" in content
    filed.refresh_from_db()
    assert filed.state == "approved"


def test_a_mistake_in_the_form_does_not_hide_a_conflict(desk: Client, make_request: MakeRequest, student: User) -> None:
    filed = make_request("refund")
    flow.apply(filed, "add_information", by=student, note="One more thing")
    url = f"{QUEUE}{filed.pk}/reject/"
    response = desk.post(url, {"note": "  ", "expect_version": filed.version})
    assert response.status_code == 409
    assert "Ada was first" in response.content.decode()
    filed.refresh_from_db()
    assert filed.state == "submitted"


def test_nobody_decides_their_own(client: Client, make_person, make_request: MakeRequest) -> None:
    from gradus.accounts.roles import Role

    both = make_person("Bo", Role.STUDENT, Role.INSTRUCTOR)
    both.act_as = Role.STUDENT
    own = make_request(by=both)
    client.force_login(both)
    content = page(client, f"{QUEUE}{own.pk}/")
    assert "It is your own request" in content
    client.post(f"{QUEUE}{own.pk}/approve/", {"expect_version": own.version})
    own.refresh_from_db()
    assert own.state == "submitted"
    refused = TransitionRecord.objects.get(outcome="denied")
    assert (refused.actor, refused.transition) == (both, "approve")


def test_bulk_decisions_say_what_was_done_and_what_was_not_changed(
    desk: Client, make_request: MakeRequest, other_instructor: User
) -> None:
    free, also_free, taken = make_request(title="One"), make_request("refund", title="Two"), make_request(title="Three")
    flow.apply(taken, "claim", by=other_instructor)
    chosen = {"id": [free.pk, also_free.pk, taken.pk]}
    asked = desk.post(f"{QUEUE}bulk/reject/", chosen).content.decode()
    assert "For these 2" in asked
    assert "Not possible for this one" in asked
    result = desk.post(f"{QUEUE}bulk/reject/", {**chosen, "confirmed": "1", "note": "Spam"}).content.decode()
    assert "2 done" in result
    assert "1 not changed" in result
    assert "refused" not in result  # reads like the decision
    assert "A colleague has claimed it" in result
    assert Request.objects.filter(state="rejected").count() == 2


def test_a_bulk_decision_needs_its_note_and_keeps_the_choice(desk: Client, make_request: MakeRequest) -> None:
    filed = make_request()
    response = desk.post(f"{QUEUE}bulk/reject/", {"id": [filed.pk], "confirmed": "1", "note": ""})
    assert response.status_code == 422
    assert f'name="chosen" value="{filed.pk}:{filed.version}"' in response.content.decode()
    filed.refresh_from_db()
    assert filed.state == "submitted"


def test_bulk_without_a_choice_says_what_to_do(desk: Client, db: None) -> None:
    assert "Nothing was chosen" in desk.post(f"{QUEUE}bulk/approve/").content.decode()
    assert desk.post(f"{QUEUE}bulk/withdraw/").status_code == 404


@pytest.mark.parametrize("count", [1, 12])
def test_the_queue_needs_the_same_queries_however_long_it_is(
    desk: Client, make_request: MakeRequest, django_assert_max_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for number in range(count):
        make_request(title=f"Number {number}")
    page(desk, QUEUE)
    with django_assert_max_num_queries(25):
        page(desk, QUEUE)


def test_an_object_page_stays_within_its_queries(
    desk: Client, make_request: MakeRequest, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    filed = make_request()
    page(desk, QUEUE)
    with django_assert_max_num_queries(25):
        page(desk, f"{QUEUE}{filed.pk}/")


def test_what_is_not_there_is_said_in_our_words_and_leads_back(desk: Client, db: None) -> None:
    response = desk.get(f"{QUEUE}999/")
    assert response.status_code == 404
    html = response.content.decode()
    assert "There is nothing at this address" in html
    assert 'href="/admin/">Go to the back office' in html
    assert "Wagtail" not in html


def test_only_steps_a_listed_row_could_take_are_offered_for_many(
    desk: Client, make_request: MakeRequest, instructor: User, student: User
) -> None:
    def offered(address: str) -> set[str]:
        return set(re.findall(r'formaction="/admin/requests/bulk/(\w+)/"', page(desk, address)))

    make_request(title="Open")
    assert offered(QUEUE) == {"claim", "approve", "reject"}
    flow.apply(make_request("refund", title="Mine"), "claim", by=instructor)
    assert {"ask", "release"} <= offered(QUEUE)
    flow.apply(make_request("track_change", title="Gone"), "withdraw", by=student)
    assert offered(f"{QUEUE}results/?scope=all&q=gone") == set()
    assert "None of the steps is possible for these." in page(desk, f"{QUEUE}?scope=all&q=gone")
