"""A workflow of less than 60 lines gets every surface, and `docs/add-a-workflow.md` builds it."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import Context, Template
from django.test import Client, RequestFactory

from gradus import flow, policy
from gradus.accounts.api_keys import create_key
from gradus.accounts.models import User
from gradus.accounts.roles import Role
from gradus.flow import staging
from gradus.flow.models import TransitionRecord
from gradus.policy.trying import try_book
from tests.platform.flow.bookshelf.models import Borrowing

HERE = Path(__file__).parent / "bookshelf"
DOCUMENT = Path(__file__).parents[3] / "docs" / "add-a-workflow.md"
DESK, SITE, API = "/admin/borrowings/", "/steps/bookshelf.borrowing/", "/api/v1/borrowings/"
Lend = Callable[..., Borrowing]


@pytest.fixture(autouse=True)
def _rules(mill_rules: policy.RuleSet) -> Iterator[None]:
    with policy.using(policy.load(HERE)):
        yield


@pytest.fixture(autouse=True)
def _private(settings: Any, tmp_path: Path) -> None:
    settings.PRIVATE_ROOT = tmp_path


@pytest.fixture
def ask(student: User) -> Lend:
    def ask(title: str = "Counterpoint", *, by: User | None = None, **values: Any) -> Borrowing:
        return flow.create(Borrowing, "ask", by=by or student, kind="borrowing", title=title, days=14, **values)

    return ask


@pytest.fixture
def desk(client: Client, instructor: User) -> Client:
    client.force_login(instructor)
    return client


@pytest.fixture
def key(instructor: User) -> dict[str, str]:
    _key, token = create_key(user=instructor, name="script", role=Role.INSTRUCTOR, scopes=["read", "write"])
    return {"authorization": f"Bearer {token}"}


def page(client: Client, url: str, status: int = 200, **data: Any) -> str:
    response = client.post(url, data) if data else client.get(url)
    assert response.status_code == status, response.content.decode()[:500]
    return response.content.decode()


# The document


def test_it_is_defined_in_less_than_60_lines() -> None:
    files = [HERE / name for name in ("models.py", "bookshelf.toml", "workbench.py")]
    lines = [line for file in files for line in file.read_text().splitlines()]
    assert len([line for line in lines if line.strip()]) < 60


def test_the_document_builds_exactly_this_workflow() -> None:
    blocks = re.findall(r"^`([\w/]+\.\w+)`\n\n```\w+\n(.*?)```$", DOCUMENT.read_text(), re.DOTALL | re.MULTILINE)
    there = {path(file): file.read_text() for file in HERE.iterdir() if file.suffix == ".toml" or file.name in PYTHON}
    assert dict(blocks) == {written(name): written(text) for name, text in there.items()}


PYTHON = {"apps.py", "models.py", "workbench.py", "test_rules.py"}
# The document's workflow has names of its own, so that both can be installed: whoever follows it runs these tests too.
NAMES = {
    "tests.platform.flow.bookshelf": "workflows.library",
    "bookshelf": "library",
    "Bookshelf": "Library",
    "borrowing": "loan",
    "Borrowing": "Loan",
}


def path(file: Path) -> str:
    if file.name.startswith("test_"):
        return f"tests/workflows/library/{file.name}"
    return f"{'rules' if file.suffix == '.toml' else 'workflows/library'}/{file.name}"


def written(text: str) -> str:
    for here, there in NAMES.items():
        text = text.replace(here, there)
    return text


def test_its_book_passes_its_own_tests() -> None:
    results = [result for book in policy.active().books for result in try_book(book)]
    assert results
    assert all(result.passed for result in results)


# The workbench


def test_the_queue_opens_on_what_waits_and_the_menu_counts(desk: Client, ask: Lend, instructor: User) -> None:
    ask("Waits")
    flow.apply(flow.apply(ask("Done"), "lend", by=instructor), "take_back", by=instructor)
    assert "Borrowings (1)" in page(desk, "/admin/")
    waiting = page(desk, DESK)
    assert "Waits" in waiting
    assert "Done" not in waiting
    assert "Done" in page(desk, f"{DESK}?scope=all")


def test_the_queue_is_filtered_searched_sorted_and_exported(desk: Client, ask: Lend, other_student: User) -> None:
    ask("Beta")
    ask("Alpha", by=other_student)
    assert "Beta" not in page(desk, f"{DESK}?q=grace")
    assert "Beta" not in page(desk, f"{DESK}?state=lent")
    falling = page(desk, f"{DESK}?ordering=-title")
    assert falling.index("Beta") < falling.index("Alpha")
    response = desk.get(f"{DESK}?q=alpha&export=csv")
    heading, row = csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig")))  # type: ignore[attr-defined]
    assert heading[:4] == ["Number", "Kind", "Book", "Reader"]
    assert row[1:5] == ["Book borrowing", "Alpha", "Grace", "Asked for"]
    assert desk.get(f"{DESK}?export=xlsx")["Content-Type"].endswith("sheet")


def test_a_borrowing_shows_its_data_history_and_files_and_what_may_be_done_or_why_not(
    client: Client, ask: Lend, make_person: Any
) -> None:
    both = make_person("Bo", Role.STUDENT, Role.INSTRUCTOR)
    both.act_as = Role.STUDENT
    card = staging.stage(SimpleUploadedFile("card.txt", b"Number 7"), owner=both)
    borrowing = ask(by=both, card=[card.pk])
    client.force_login(both)
    shown = page(client, f"{DESK}{borrowing.pk}/")
    assert "For how many days" in shown
    assert shown.count("card.txt") == 2  # among its data, and in its history
    assert 'aria-disabled="true"' in shown
    assert "t is your own borrowing" in shown


def test_a_decision_asks_for_its_reason_with_labelled_fields_and_errors(desk: Client, ask: Lend) -> None:
    borrowing = ask()
    form = page(desk, f"{DESK}{borrowing.pk}/refuse/")
    assert '<label class="w-field__label" for="id_note"' in form
    wrong = page(desk, f"{DESK}{borrowing.pk}/refuse/", 422, note=" ")
    assert 'aria-invalid="true"' in wrong
    described = re.search(r'aria-describedby="([^"]+)"', wrong)
    assert described
    assert all(f'id="{name}"' in wrong for name in described[1].split())
    page(desk, f"{DESK}{borrowing.pk}/refuse/", 302, note="It is torn.", expect_version=1)
    assert "It is torn." in page(desk, f"{DESK}{borrowing.pk}/")


def test_who_comes_second_is_told_who_was_first(desk: Client, ask: Lend, other_instructor: User) -> None:
    borrowing = flow.apply(ask(), "lend", by=other_instructor)
    conflict = page(desk, f"{DESK}{borrowing.pk}/refuse/", 409, note="My careful words", expect_version=1)
    assert "Iris was first: “Lent”" in conflict
    assert "My careful words" in conflict
    late = page(desk, f"{DESK}{borrowing.pk}/refuse/", 409, note="My careful words", expect_version=2)
    assert "It is “Lent” now" in late
    assert ">Refuse</button>" not in late.replace("\n", "").replace("  ", "")  # nothing to press: it is decided
    assert Borrowing.objects.get().state == "lent"


def test_many_are_decided_at_once_and_every_refusal_says_why(
    desk: Client, ask: Lend, other_student: User, other_instructor: User
) -> None:
    borrowings = [ask("One"), ask("Two"), ask("Three", by=other_student)]
    flow.apply(borrowings[2], "lend", by=other_instructor)
    chosen = {"id": [borrowing.pk for borrowing in borrowings]}
    asked = page(desk, f"{DESK}bulk/lend/", **chosen)
    assert ("For these 2" in asked, "Not possible for this one" in asked) == (True, True)
    result = page(desk, f"{DESK}bulk/lend/", **chosen, confirmed="1")
    assert "2 done" in result
    assert "1 not changed" in result
    assert TransitionRecord.objects.refused().count() == 1


def test_more_than_are_decided_at_once_are_refused(desk: Client, ask: Lend, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gradus.flow.workbench.bulk.AT_MOST", 1)
    chosen = {"id": [ask().pk, ask().pk], "confirmed": "1"}
    assert "At most 1 at once" in page(desk, f"{DESK}bulk/lend/", 422, **chosen)
    assert not Borrowing.objects.filter(state="lent").exists()


# The site


def test_a_student_asks_on_the_site_and_follows_it(client: Client, student: User) -> None:
    client.force_login(student)
    assert SITE in page(client, SITE)  # the menu
    assert "For how many days" in page(client, f"{SITE}new/")
    page(client, f"{SITE}new/", 302, title="Fugues", days=7)
    borrowing = Borrowing.objects.get()
    assert (borrowing.reader, borrowing.answers["days"]) == (student, 7)
    assert borrowing.get_absolute_url() in page(client, SITE)
    assert "Fugues" in page(client, borrowing.get_absolute_url())


def test_a_mistake_keeps_what_was_typed_and_uploaded(client: Client, student: User) -> None:
    client.force_login(student)
    card = SimpleUploadedFile("card.txt", b"Number 7")
    wrong = page(client, f"{SITE}new/", 422, title="Fugues", days=700, card=card)
    assert 'value="Fugues"' in wrong
    staged = re.search(r'name="card-staged" value="([^"]+)" checked', wrong)
    assert staged
    page(client, f"{SITE}new/", 302, title="Fugues", days=7, **{"card-staged": staged[1]})
    assert Borrowing.objects.get().answers["card"] == [staged[1]]


def test_a_used_up_limit_speaks_before_and_after(client: Client, ask: Lend, student: User) -> None:
    for _ in range(3):
        ask()
    client.force_login(student)
    assert "three books today" in page(client, f"{SITE}new/")
    response = client.post(f"{SITE}new/", {"title": "One more", "days": 7})
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 24 * 60 * 60
    assert "three books today" in response.content.decode()
    assert 'value="One more"' in response.content.decode()


def test_nobody_files_faster_than_people_do(client: Client, student: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gradus.flow.filing.AT_MOST", 1)
    client.force_login(student)
    page(client, f"{SITE}new/", 302, title="One", days=7)
    assert 'value="Two"' in page(client, f"{SITE}new/", 429, title="Two", days=7)
    body = {"values": {"title": "Three", "days": 7}}
    assert client.post(API, body, content_type="application/json").status_code == 429


def test_the_partials_and_the_transition_view(client: Client, ask: Lend, instructor: User) -> None:
    borrowing = ask()
    request = RequestFactory().get("/")
    request.user = instructor
    source = "{% load flow %}{% flow_state borrowing %}{% flow_timeline borrowing %}{% flow_actions borrowing %}"
    html = Template(source).render(Context({"request": request, "borrowing": borrowing}))
    assert "Asked for" in html
    assert f'action="{SITE}{borrowing.pk}/lend/"' in html
    client.force_login(instructor)
    page(client, f"{SITE}{borrowing.pk}/lend/", 302, version=1)
    assert Borrowing.objects.get().state == "lent"


def test_a_stranger_finds_nothing(client: Client, ask: Lend, other_student: User) -> None:
    borrowing = ask("Private")
    client.force_login(other_student)
    assert "Private" not in page(client, SITE)
    page(client, f"{SITE}{borrowing.pk}/", 404)
    page(client, f"{API}{borrowing.pk}", 404)


# The API


def test_a_program_reads_decides_and_is_refused_with_reasons(client: Client, ask: Lend, key: dict[str, str]) -> None:
    borrowing = ask()
    shown = client.get(f"{API}{borrowing.pk}", headers=key).json()
    offers = {offer["name"]: offer for offer in shown["offers"]}
    assert (shown["state"], shown["answers"]["days"], offers["lend"]["allowed"]) == ("asked", 14, True)
    assert offers["take_back"]["reasons"] == ["It is “Asked for” now, and “Take back” is not possible then."]
    lent = client.post(f"{API}{borrowing.pk}/transitions/lend", {}, content_type="application/json", headers=key)
    assert lent.json()["state"] == "lent"
    again = client.post(f"{API}{borrowing.pk}/transitions/lend", {}, content_type="application/json", headers=key)
    assert (again.status_code, again.json()["code"]) == (409, "not_now")
    history = client.get(f"{API}{borrowing.pk}/history", headers=key).json()["items"]
    assert [(entry["transition"], entry["actor"]) for entry in history] == [("ask", "Ada"), ("lend", "Ivo")]


def test_a_program_uploads_a_file_and_files_with_it(client: Client, student: User) -> None:
    client.force_login(student)
    (creation,) = client.get(f"{API}creations").json()
    assert creation["params"]["required"] == ["title", "days"]
    upload = client.post("/api/v1/files", {"file": SimpleUploadedFile("card.txt", b"Number 7")})
    assert upload.status_code == 201
    values = {"title": "Fugues", "days": 7, "card": [upload.json()["id"]]}
    made = client.post(API, {"values": values}, content_type="application/json")
    assert made.status_code == 201
    fetched = client.get(upload.json()["url"])
    assert b"".join(fetched.streaming_content) == b"Number 7"  # type: ignore[attr-defined]
    bad = client.post("/api/v1/files", {"file": SimpleUploadedFile("card.exe", b"MZ\x00")})
    assert bad.status_code == 422


@pytest.mark.parametrize(
    "kind", ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\x00"]
)
def test_what_is_no_form_with_files_is_refused(client: Client, student: User, settings: Any, kind: str) -> None:
    settings.DEBUG = True  # where ninja would answer with a traceback
    client.force_login(student)
    answer = client.generic("POST", "/api/v1/files", b"--x\r\nnothing", content_type=kind)
    assert answer.status_code in {400, 422}
    assert answer.headers["Content-Type"] == "application/problem+json"
