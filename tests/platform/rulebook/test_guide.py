"""The guide for administrators: its books are read, checked and tried; its pages, buttons and links exist."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from gradus import flow, policy
from gradus.accounts.models import User
from gradus.flow.automating import tasks
from gradus.flow.errors import Denied, Limited
from gradus.flow.models import AutomationRun
from gradus.policy.checks import mistakes, warnings
from gradus.policy.trying import try_book
from gradus.project import translating
from gradus.project.paths import CHECKOUT
from gradus.rulebook import store
from gradus.rulebook.gate import objections
from workflows.requests.models import Request

RULES = CHECKOUT / "docs" / "rules"
GUIDE = (RULES / "guide.md").read_text()
BOOK = re.compile(r"^```toml (\S+\.toml)\n(.*?)^```", re.DOTALL | re.MULTILINE)
HEADER = re.compile(r"(?m)^(?=\[)")
WAGTAILS = {"Settings", "Reports", "Workflows", "Add task", "Submit to …", "book of rules"}
BEGINNINGS = {"The short one.", "The thorough one.", "books of rules", "what nobody allowed is refused."}
REISSUE = "requests/reissue.toml"
STEP = " \u203a "  # from a menu to what is in it


def steps() -> list[tuple[str, str]]:
    """The books of the guide in its order, each with what it says before."""
    books = dict(store.files())
    found = []
    for file, text in BOOK.findall(GUIDE):
        books[file] = merged(books.get(file, ""), text)
        found.append((file, books[file]))
    return found


def merged(book: str, part: str) -> str:
    """A part of a book replaces what has its heading; a limit, an automation or a test, what is about the same."""
    chunks = {_key(chunk): chunk for chunk in HEADER.split(book)}
    chunks |= {_key(chunk): chunk for chunk in HEADER.split(part)}
    return "\n\n".join(chunk.strip() for chunk in chunks.values() if chunk.strip()) + "\n"


def _key(chunk: str) -> str:
    header, _newline, body = chunk.partition("\n")
    told = [line for line in body.splitlines() if line.startswith(("id ", "as ", "given "))]
    return "\n".join([header, *told]) if header.startswith("[[") else header


def rules(file: str, text: str) -> policy.RuleSet:
    return policy.load_texts({**store.files(), file: text})


def test_a_part_replaces_what_has_its_heading() -> None:
    book = '[a]\nx = 1\n\n[[tests]]\nas = "s"\ngiven = 1\nmay = [1]\n\n[[tests]]\nas = "s"\ngiven = 2\nmay = [2]\n'
    changed = merged(book, '[a]\nx = 2\n\n[b]\ny = 1\n\n[[tests]]\nas = "s"\ngiven = 2\nmay = [3]\n')
    assert "x = 1" not in changed
    assert "may = [2]" not in changed
    assert ("x = 2" in changed, "y = 1" in changed, "may = [1]" in changed, "may = [3]" in changed) == (True,) * 4


@pytest.mark.parametrize(("file", "text"), steps())
def test_every_book_is_read_without_a_mistake_or_a_warning_and_its_tests_pass(file: str, text: str) -> None:
    found = rules(file, text)
    assert [str(each) for each in mistakes(found) if each.file == file] == []
    assert [str(each) for each in warnings(found) if each.file == file] == []
    for book in (each for each in found.books if each.file == file):
        assert book.tests
        assert [str(result) for result in try_book(book) if not result.passed] == []


def test_nothing_stands_against_publishing_them(admin: User, instructor: User, student: User) -> None:
    before = policy.load_texts(store.files())
    for file, text in steps():
        after = rules(file, text)
        assert objections(before, after) == []
        before = after


def test_a_test_that_was_not_changed_says_so() -> None:
    """As the guide tells it: the rules changed, and the test that says otherwise did not."""
    first, second = [text for file, text in BOOK.findall(GUIDE) if file == REISSUE][:2]
    forgotten = merged(first, second.split("[[tests]]")[0])
    (book,) = (each for each in rules(REISSUE, forgotten).books if each.file == REISSUE)
    said = "\n".join(str(result) for result in try_book(book) if not result.passed)
    assert "should be allowed but is refused: approve, reject" in said


@pytest.fixture
def finished() -> Iterator[policy.RuleSet]:
    """The certificate re-issue as the guide leaves it."""
    text = [text for file, text in steps() if file == REISSUE][-1]
    with policy.using(rules(REISSUE, text)) as found:
        yield found


@pytest.mark.usefixtures("finished")
def test_the_kind_of_the_guide_works(db: None, student: User, instructor: User, other_instructor: User) -> None:
    given = {"title": "Lost", "text": "It was in the cellar.", "certificate": "Accounting I", "reason": "lost"}
    asked = flow.create(Request, "submit", by=student, kind="reissue", **given)
    with pytest.raises(Limited, match="within the last 180 days"):
        flow.create(Request, "submit", by=student, kind="reissue", **given)
    claimed = flow.apply(asked, "claim", by=instructor)
    with pytest.raises(Denied, match="you have not claimed it"):
        flow.apply(claimed, "approve", by=other_instructor)
    assert flow.apply(claimed, "approve", by=instructor).state == "approved"


@pytest.mark.usefixtures("finished")
def test_what_nobody_claims_is_told_of_and_closed_in_the_end(db: None, student: User, instructor: User) -> None:
    given = {"title": "Lost", "text": "It was in the cellar.", "certificate": "Accounting I", "reason": "lost"}
    asked = flow.create(Request, "submit", by=student, kind="reissue", **given)
    tasks.run_due(timezone.now() + timedelta(days=3))
    assert AutomationRun.objects.get().outcome == "acted"
    assert AutomationRun.objects.get().automation.endswith("#remind-instructors")
    tasks.run_due(timezone.now() + timedelta(days=61))
    asked = Request.objects.get()
    assert asked.state == "rejected"
    assert flow.history(asked).done().get(transition="lapse").role == "system"


def test_the_number_of_the_guide_is_in_force() -> None:
    (text,) = (text for file, text in steps() if file == "metrics.toml")
    with policy.using(rules("metrics.toml", text)):
        assert policy.value("metrics", "video_complete") == 90


# What the guide points at


def test_the_pages_and_buttons_it_names_exist() -> None:
    ours = {str(each.id[0] if isinstance(each.id, tuple) else each.id) for each in translating.wanted()}
    prose = BOOK.sub("", GUIDE)
    named = {part for bold in re.findall(r"\*\*(.+?)\*\*", prose) for part in bold.split(STEP)} - BEGINNINGS
    assert {"Save and look at what it would do", "Freeze this process", "History"} <= named
    assert sorted(named - ours - WAGTAILS) == []


@pytest.mark.parametrize("page", sorted(RULES.glob("*.md")), ids=lambda page: page.name)
def test_its_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", BOOK.sub("", page.read_text())):
        name, _hash, anchor = target.partition("#")
        there = (page.parent / name).resolve() if name else page
        assert there.exists(), target
        if anchor:
            assert anchor in _anchors(there), target


def _anchors(page: Path) -> set[str]:
    """As GitHub makes them of headings."""
    headings = re.findall(r"(?m)^#+ (.+)$", page.read_text())
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
