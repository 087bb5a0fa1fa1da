"""After an upgrade: what the file changed and what was changed here, put together line by line, and never published."""

import tomllib
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
from gradus.policy.source import Source
from gradus.rulebook import publishing, store
from gradus.rulebook.books.review import diff
from gradus.rulebook.merging import merge
from gradus.rulebook.models import Activation, BookDraft, BookText, hash_of
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


RIGHTS = {"from": "new", "student": "own", "instructor": "always", "admin": "always"}
Steps = dict[str, dict[str, str]]


def written(steps: Steps) -> str:
    """A book whose tables say much the same, as those of books do."""
    tables = (
        [f"[transitions.{name}]", *(f'{key} = "{value}"' for key, value in row.items())] for name, row in steps.items()
    )
    return "\n\n".join("\n".join(table) for table in tables) + "\n"


@st.composite
def changed(draw: st.DrawFn, steps: Steps, whose: str) -> Steps:
    """Steps dropped and added, rights given, taken and changed."""
    found = {name: dict(row) for name, row in steps.items()}
    for number, what in enumerate(
        draw(st.lists(st.sampled_from(["drop", "add", "give", "take", "change"]), max_size=3))
    ):
        name = draw(st.sampled_from(sorted(found))) if found else ""
        if what == "add" or not name:
            rows = [*found.items()]
            rows.insert(draw(st.integers(0, len(rows))), (f"{whose}{number}", dict(RIGHTS)))
            found = dict(rows)
        elif what == "drop":
            del found[name]
        elif what == "give":
            found[name][f"{whose}{number}"] = "always"
        elif found[name]:
            right = draw(st.sampled_from(sorted(found[name])))
            found[name] = {key: value for key, value in found[name].items() if what == "change" or key != right}
            found[name] |= {right: f"never{whose}"} if what == "change" else {}
    return found


@given(st.data())
def test_no_change_ends_up_in_another_table(data: st.DataObject) -> None:
    """Where nothing is marked, every right is what whoever changed it made of it."""
    base = {name: dict(RIGHTS) for name in ("one", "two", "three")}
    sides = [data.draw(changed(base, whose)) for whose in ("ours", "theirs")]
    found = merge(*map(written, (base, *sides)))
    if found.conflicts:
        return
    before, one, two = (
        {(name, key): row[key] for name, row in steps.items() for key in row} for steps in (base, *sides)
    )
    expected = {
        place: one.get(place) if two.get(place) == before.get(place) else two.get(place)
        for place in before.keys() | one.keys() | two.keys()
    }
    merged = tomllib.loads(found.text).get("transitions", {})
    kept = {(name, key): value for name, row in merged.items() for key, value in row.items()}
    assert kept == {place: value for place, value in expected.items() if value is not None}


def test_a_right_that_was_taken_does_not_come_back() -> None:
    """Line by line, the row taken from one table was found again at the end of the table that is new."""
    base = written({"one": RIGHTS, "two": RIGHTS})
    fewer = {key: value for key, value in RIGHTS.items() if key != "admin"}
    ours = written({"one": fewer, "two": RIGHTS})
    theirs = written({"one": RIGHTS, "between": {"from": "new", "admin": "always"}, "two": RIGHTS})
    found = tomllib.loads(merge(base, ours, theirs).text)["transitions"]
    assert found == {"one": fewer, "between": {"from": "new", "admin": "always"}, "two": RIGHTS}


def test_entries_of_a_list_are_told_apart_by_their_ids() -> None:
    base = '[[limits]]\nid = "a"\nallow = 1\nper = "1 day"\n\n[[limits]]\nid = "b"\nallow = 1\nper = "1 day"\n'
    ours = base.replace('[[limits]]\nid = "a"\nallow = 1\nper = "1 day"\n\n', "")
    theirs = base[::-1].replace("1 = wolla", "2 = wolla", 1)[::-1]
    found = merge(base, ours, theirs)
    assert not found.conflicts
    assert tomllib.loads(found.text)["limits"] == [{"id": "b", "allow": 2, "per": "1 day"}]


@pytest.mark.parametrize("odd", ["\u2028", "\u2029", "\x85"])
def test_only_what_ends_a_line_in_a_book_ends_one(odd: str) -> None:
    """Others see an end of a line here, and would make two lines of one text."""
    base = f'title = "Re{odd}fund"\nother = 1\n'
    assert merge(base, base, base.replace("1", "2")).text == base.replace("1", "2")
    assert [line.text for line in diff(base, base.replace(odd, "\n"))][1:3] == [f'title = "Re{odd}fund"', 'title = "Re']
    assert Source("x.toml", f"title = 'a{odd}b'\nother = 1\n").lines["other",] == 2


def test_ends_of_lines_and_nothing_at_all() -> None:
    assert merge("a\nb\n", "a\r\nb\r\n", "a\nc").text == "a\nc\n"
    assert merge("a\n", "a\n", "").text == ""
    assert merge("", "a\n", "").text == "a\n"
    assert merge("", "a\n", "b\n").conflicts == 1
    assert merge("a\n", "", "b\n").conflicts == 1


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


def test_a_book_that_is_installed_no_more_stays_in_force(
    desk: Client, upgraded: Callable[..., BookDraft], refund: str, stricter: str, admin: User, settings: Settings
) -> None:
    """Taking over that everything is gone would leave an empty draft, or a marked stretch of one."""
    draft = upgraded(ELSEWHERE)
    (settings.RULES_DIR / REFUND).unlink()
    draft.text = refund
    draft.save_revision(user=admin)
    page = desk.get(ADDRESS).content.decode()
    assert "There is no installed file of this book any more" in page
    assert "Make it a draft" not in page
    desk.post(ADDRESS, {"seen": hash_of(refund)})
    draft.refresh_from_db()
    assert draft.get_latest_revision_as_object().text == refund
    assert store.standing().published[REFUND] == stricter


def test_an_edition_the_file_has_begun_is_begun_by_publishing_what_was_put_together(
    desk: Client, upgraded: Callable[..., BookDraft], student: User, django_capture_on_commit_callbacks: Commit
) -> None:
    draft = upgraded(('name  = "requests.refund"\n', 'name  = "requests.refund"\nedition = 2\n'))
    take_over(desk)
    draft.refresh_from_db()
    text = draft.get_latest_revision_as_object().text
    assert "edition = 2" in text
    assert 'instructor = "free"\nadmin      = "free"\nforbid     = "own"\n' + APPROVED not in text
    answer = desk.post(reverse("rulebook_review", args=[draft.pk]), {"note": "New", "seen": store.standing().number})
    assert answer.status_code == 302
    assert sorted(store.standing().published) == ["requests/refund-1.toml", REFUND]
