"""`confirm = "…"` in a book: people are asked before the transition is made, on the site and in the workbench."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from gradus import flow, policy
from gradus.accounts.models import User
from tests.platform.flow.bookshelf.models import Borrowing

ASKED = "Give this book to them? It cannot be taken back before it is returned."
BOOK = Path(__file__).parent / "bookshelf" / "bookshelf.toml"


@pytest.fixture(autouse=True)
def _rules(mill_rules: policy.RuleSet, tmp_path: Path) -> Iterator[None]:
    text, label = BOOK.read_text(), 'label = "Lend"'
    assert text.count(label) == 1
    (tmp_path / BOOK.name).write_text(text.replace(label, f'{label}, confirm = "{ASKED}"'))
    with policy.using(policy.load(tmp_path)):
        yield


@pytest.fixture
def borrowing(student: User) -> Borrowing:
    return flow.create(Borrowing, "ask", by=student, kind="borrowing", title="Counterpoint", days=14)


def test_the_workbench_asks_before_it_is_made(client: Client, instructor: User, borrowing: Borrowing) -> None:
    client.force_login(instructor)
    page = client.get(f"/admin/borrowings/{borrowing.pk}/").content.decode()
    assert f'href="/admin/borrowings/{borrowing.pk}/lend/"' in page
    assert f'action="/admin/borrowings/{borrowing.pk}/lend/"' not in page
    assert ASKED in client.get(f"/admin/borrowings/{borrowing.pk}/lend/").content.decode()
    assert client.post(f"/admin/borrowings/{borrowing.pk}/lend/").status_code == 302
    assert Borrowing.objects.get().state == "lent"


def test_bulk_asks_as_well(client: Client, instructor: User, borrowing: Borrowing) -> None:
    client.force_login(instructor)
    assert ASKED in client.post("/admin/borrowings/bulk/lend/", {"id": [borrowing.pk]}).content.decode()


def test_the_site_asks_without_script(client: Client, instructor: User, borrowing: Borrowing) -> None:
    client.force_login(instructor)
    page = client.get(f"/steps/bookshelf.borrowing/{borrowing.pk}/").content.decode()
    panel = page[page.index("data-flow-panel") :]
    assert panel.index("<summary") < panel.index(ASKED) < panel.index("</details>")


def test_the_api_makes_it_at_once(client: Client, instructor: User, borrowing: Borrowing) -> None:
    client.force_login(instructor)
    answer = client.post(
        f"/api/v1/borrowings/{borrowing.pk}/transitions/lend", {"values": {}}, content_type="application/json"
    )
    assert (answer.status_code, answer.json()["state"]) == (200, "lent")
