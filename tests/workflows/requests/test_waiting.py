"""What waits for somebody: where a decision of theirs moves it forward, not where all they can do is give it back."""

import re

from django.test import Client

from gradus import flow
from gradus.accounts.models import User
from tests.workflows.requests.conftest import MakeRequest
from workflows.requests.models import Request

QUEUE = "/admin/requests/"


def test_what_waits_for_an_answer_does_not_wait_for_its_reviewer(
    client: Client, instructor: User, student: User, make_request: MakeRequest
) -> None:
    asked = flow.apply(make_request(title="Asked back"), "claim", by=instructor)
    asked = flow.apply(asked, "ask", by=instructor, note="Which page?")
    claimed = flow.apply(make_request(title="Claimed by me"), "claim", by=instructor)
    free = make_request(title="Waits for anybody")
    assert set(flow.queue(Request, None, instructor)) == {claimed, free}
    client.force_login(instructor)
    page = client.get(QUEUE).content.decode()
    assert ("Asked back" in page, "Claimed by me" in page) == (False, True)
    assert "Requests (2)" in client.get("/admin/").content.decode()
    assert re.search(r'g-count">2<', page)
    assert f"{QUEUE}{asked.pk}/release/" in client.get(f"{QUEUE}{asked.pk}/").content.decode()
    flow.apply(asked, "answer", by=student, note="All of them.")
    assert flow.waiting_count(Request, instructor) == "3"


def test_nothing_waits_for_a_student_to_withdraw_it(student: User, make_request: MakeRequest) -> None:
    make_request()
    assert not flow.queue(Request, None, student)


def test_a_student_is_asked_before_a_request_is_withdrawn(
    client: Client, student: User, make_request: MakeRequest
) -> None:
    request = make_request()
    client.force_login(student)
    page = client.get(f"/requests/{request.pk}/").content.decode()
    assert "Withdraw this request?" in page[page.index("data-flow-panel") :]
