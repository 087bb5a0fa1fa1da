"""After an upgrade: what the file changed and what was changed here, put together line by line, and never published."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries, Settings

from gradus.accounts.models import User
from gradus.policy.errors import BookErrors
from gradus.policy.ruleset import load_texts
from gradus.rulebook import publishing, store
from gradus.rulebook.merging import merge
from gradus.rulebook.models import Activation, BookDraft, BookText
from tests.platform.rulebook.conftest import APPROVED, REFUND, WHO_MAY, Commit

texts = st.lists(st.sampled_from("abcde"), max_size=12).map(lambda lines: "".join(f"{line}\n" for line in lines))


@given(texts, texts)
def test_what_one_side_changed_is_taken(base: str, other: str) -> None:
    assert merge(base, other, base).text == other
    assert merge(base, base, other).text == other
    assert merge(base, other, other).text == other
    assert not merge(base, base, other).conflicts


@given(texts, texts, texts)
def test_no_line_is_lost_and_none_comes_from_nowhere(base: str, ours: str, theirs: str) -> None:
    merged, turned = merge(base, ours, theirs), merge(base, theirs, ours)
    assert merged.conflicts == turned.conflicts
    lines = set(merged.text.splitlines())
    marks = {line for line in lines if line[:3] in {"<<<", "===", ">>>"}}
    assert bool(marks) == bool(merged.conflicts)
    assert lines - marks <= {*ours.splitlines(), *theirs.splitlines()}
    new = {*ours.splitlines(), *theirs.splitlines()} - {*base.splitlines()}
    assert new <= lines


@given(st.lists(st.integers(0, 9), min_size=3, max_size=12, unique=True), st.data())
def test_changes_of_different_lines_are_both_kept(numbers: list[int], data: st.DataObject) -> None:
    """Lines apart from each other: one changes the first, the other the last."""
    base = [f"line {number}" for number in numbers]
    ours, theirs = ["ours", *base[1:]], [*base[:-1], "theirs"]
    found = merge(*("\n".join(each) + "\n" for each in (base, ours, theirs)))
    assert found.text.splitlines() == ["ours", *base[1:-1], "theirs"]
    assert not found.conflicts


def test_a_book_with_an_open_conflict_cannot_be_read_even_within_a_text() -> None:
    book = store.files()[REFUND]
    hidden = 'help  = """\n<<<<<<< written here\nYou paid.\n=======\nPaid.\n>>>>>>> installed file\n"""'
    with pytest.raises(BookErrors, match="two changes meet here") as caught:
        load_texts({REFUND: book.replace('help  = "You paid for something and want your money back."', hidden)})
    assert [problem.line for problem in caught.value.problems] == [5, 9]


@pytest.fixture
def upgraded(
    desk: Client, stricter: str, admin: User, settings: Settings, tmp_path: Path, in_force: None,
    django_capture_on_commit_callbacks: Commit,
) -> Callable[..., BookDraft]:  # fmt: skip
    """The stricter book was published; then an upgrade changes its file."""

    def upgrade(*changes: tuple[str, str]) -> BookDraft:
        with django_capture_on_commit_callbacks(execute=True):
            publishing.publish({REFUND: stricter}, by=admin, note="Stricter")
        for file, text in store.files().items():
            (tmp_path / file).parent.mkdir(exist_ok=True)
            for before, after in changes if file == REFUND else ():
                assert before in text
                text = text.replace(before, after, 1)  # noqa: PLW2901
            (tmp_path / file).write_text(text)
        settings.RULES_DIR = tmp_path
        desk.get(reverse("wagtailsnippets_rulebook_bookdraft:list"))
        return BookDraft.objects.get(file=REFUND)

    return upgrade


ELSEWHERE = ('title = "Refund"', 'title = "Money back"')
THE_SAME_LINES = (WHO_MAY + APPROVED, (WHO_MAY + APPROVED).replace('instructor = "free"', 'instructor = "mine"'))
ADDRESS = reverse("rulebook_rebase", args=[REFUND])


def take_over(desk: Client, **sent: str) -> Any:
    page = desk.get(ADDRESS)
    return desk.post(ADDRESS, {"seen": page.context["seen"], **sent})


def test_what_is_new_in_the_file_becomes_a_draft_and_nothing_more(
    desk: Client, upgraded: Callable[..., BookDraft], stricter: str, django_capture_on_commit_callbacks: Commit
) -> None:
    draft = upgraded(ELSEWHERE)
    page = desk.get(ADDRESS).content.decode()
    assert "Both changed different lines" in page
    assert "Money back" in page
    assert take_over(desk)["Location"] == reverse("rulebook_review", args=[draft.pk])
    draft.refresh_from_db()
    assert draft.get_latest_revision_as_object().text == stricter.replace(*ELSEWHERE, 1)
    assert store.standing().published[REFUND] == stricter
    assert "The draft holds everything that is new" in desk.get(ADDRESS).content.decode()
    review = reverse("rulebook_review", args=[draft.pk])
    assert "has changed since it was published" in desk.get(review).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(review, {"note": "Upgraded", "seen": store.standing().number})
    assert not store.moved_on(store.standing())
    assert desk.get(ADDRESS)["Location"] == review


def test_what_both_changed_is_marked_and_cannot_be_published(
    desk: Client, upgraded: Callable[..., BookDraft], stricter: str
) -> None:
    draft = upgraded(THE_SAME_LINES)
    assert "At one place both changed the same lines" in desk.get(ADDRESS).content.decode()
    assert take_over(desk)["Location"] == reverse("wagtailsnippets_rulebook_bookdraft:edit", args=[draft.pk])
    draft.refresh_from_db()
    text = draft.get_latest_revision_as_object().text
    assert 'instructor = "mine"' in text.split("=======")[1]
    page = desk.get(reverse("rulebook_review", args=[draft.pk])).content.decode()
    assert "two changes meet here" in page
    assert "Publish these rules" not in page
    desk.post(reverse("rulebook_review", args=[draft.pk]), {"note": "Blind", "seen": store.standing().number})
    assert store.standing().published[REFUND] == stricter
    assert Activation.objects.count() == 1


def test_a_draft_that_changed_meanwhile_is_not_written_over(
    desk: Client, upgraded: Callable[..., BookDraft], stricter: str, admin: User
) -> None:
    draft = upgraded(ELSEWHERE)
    draft.text = stricter.replace("allow = 3", "allow = 2", 1)
    assert take_over(desk, seen="something else")["Location"] == ADDRESS
    assert draft.get_latest_revision() is None
    draft.save_revision(user=admin)
    assert "with the draft" in desk.get(ADDRESS).content.decode()
    take_over(desk)
    draft.refresh_from_db()
    assert "allow = 2" in draft.get_latest_revision_as_object().text
    draft.locked = True
    draft.save()
    assert take_over(desk)["Location"] == ADDRESS


def test_where_the_file_of_then_is_not_known_that_is_said(
    desk: Client, upgraded: Callable[..., BookDraft], refund: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    upgraded(ELSEWHERE)
    with django_assert_num_queries(13):
        desk.get(ADDRESS)
    BookText.objects.filter(text=refund).delete()
    page = desk.get(ADDRESS).content.decode()
    assert "was not kept then" in page
    assert "Make it a draft" not in page
    assert desk.post(ADDRESS).status_code == 200
