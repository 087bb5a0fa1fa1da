"""Books in the back office: written as drafts, looked at, published, taken back; for administrators alone."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from pytest_django import DjangoAssertNumQueries, Settings

from gradus import flow, policy
from gradus.accounts.models import User
from gradus.accounts.roles import Role
from gradus.core.formats import moment
from gradus.rulebook import publishing, store
from gradus.rulebook.books.publishing import DraftRefused, follow_what_is_in_force
from gradus.rulebook.books.review import review
from gradus.rulebook.books.viewset import START
from gradus.rulebook.models import Activation, BookDraft
from tests.conftest import MakePerson
from tests.platform.rulebook.conftest import REFUND, Commit
from workflows.requests.models import Request

pytestmark = pytest.mark.usefixtures("in_force")
EDIT, LIST = "wagtailsnippets_rulebook_bookdraft:edit", "wagtailsnippets_rulebook_bookdraft:list"


@pytest.fixture
def draft(db: None) -> BookDraft:
    follow_what_is_in_force()
    return BookDraft.objects.get(file=REFUND)


@pytest.fixture
def write(draft: BookDraft, admin: User) -> Callable[..., Any]:
    """Save a draft of the refund book: `write(text, by=person)`."""

    def save(text: str, *, by: User = admin, note: str = "Stricter") -> Any:
        draft.refresh_from_db()
        draft.text, draft.note = text, note
        return draft.save_revision(user=by)

    return save


def test_every_book_is_listed_and_opens(desk: Client, draft: BookDraft) -> None:
    page = desk.get(reverse(LIST)).content.decode()
    assert all(file in page for file in store.files())
    assert reverse("rulebook_history") in page.split("<main")[1]
    assert 'type="checkbox"' not in page.split("<table")[1]
    shown = desk.get(reverse(EDIT, args=[draft.pk])).content.decode()
    assert "obj.reviewer" in shown
    assert 'name="action-review"' in shown
    assert 'name="action-publish"' not in shown


def test_writing_saves_a_draft_and_leads_to_what_it_would_do(desk: Client, draft: BookDraft, stricter: str) -> None:
    sent = {"file": REFUND, "text": stricter, "note": "Stricter", "action-review": "1"}
    response = desk.post(reverse(EDIT, args=[draft.pk]), sent)
    assert response.status_code == 302, response.content.decode()
    assert response["Location"] == reverse("rulebook_review", args=[draft.pk])
    draft.refresh_from_db()
    assert draft.text != stricter
    page = desk.get(response["Location"]).content.decode()
    assert "One cell differs; it is marked." in page
    assert "instructor = &quot;free&quot;" in page
    assert "All 16 tests pass." in page
    assert not Activation.objects.exists()


def test_it_says_what_is_gained_and_lost_now(
    desk: Client, draft: BookDraft, write: Callable[..., Any], stricter: str, student: User, instructor: User
) -> None:
    answers = {"amount": 4990, "reason": "unused", "title": "Charged twice", "text": "Twice."}
    filed = flow.create(Request, "submit", by=student, kind="refund", **answers)
    write(stricter)
    page = desk.get(reverse("rulebook_review", args=[draft.pk])).content.decode()
    begin = r'<th scope="row">Approve</th><td[^>]*>Instructor</td><td[^>]*>0</td><td[^>]*>1</td>'
    (row,) = re.findall(begin + r"\s*<td[^>]*>(.*?)</td>", page, re.DOTALL)
    assert f'href="/admin/requests/{filed.pk}/"' in row
    assert "Charged twice" in row
    assert f"for {instructor}</span>" in row


def test_an_example_the_viewer_may_not_view_is_a_number(
    stricter: str, student: User, other_student: User, instructor: User, admin: User
) -> None:
    answers = {"amount": 4990, "reason": "unused", "title": "Charged twice", "text": "Twice."}
    filed = flow.create(Request, "submit", by=student, kind="refund", **answers)
    for viewer, name in ((admin, "Charged twice"), (other_student, f"number {filed.pk}")):
        found = review(REFUND, stricter, viewer=viewer, last=500)
        (shown,) = next(row.lost for row in found.rows if row.effect.rule == "approve")
        assert (shown.name, bool(shown.address), shown.person) == (name, viewer == admin, str(instructor))


def publish_on_page(desk: Client, draft: BookDraft, commit: Commit, **more: object) -> Any:
    with commit(execute=True):
        sent = {"note": "Stricter", "seen": store.standing().number, **more}
        return desk.post(reverse("rulebook_review", args=[draft.pk]), sent)


def test_publishing_on_that_page_decides_from_then_on(
    desk: Client, draft: BookDraft, write: Callable[..., Any], stricter: str, django_capture_on_commit_callbacks: Commit
) -> None:
    write(stricter)
    response = publish_on_page(desk, draft, django_capture_on_commit_callbacks)
    assert response["Location"] == reverse("rulebook_history")
    assert policy.active().book(Request, "refund").text == stricter
    draft.refresh_from_db()
    assert (draft.text, draft.live, draft.has_unpublished_changes) == (stricter, True, False)
    history = desk.get(reverse("rulebook_history")).content.decode()
    assert "Version 1 is in force." in history
    assert "Stricter" in history
    assert desk.get(reverse("rulebook_version", args=[1])).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(reverse("rulebook_roll_back", args=[0]), {"note": "Too strict"})
    assert policy.active().book(Request, "refund").text == store.files()[REFUND]
    desk.get(reverse(LIST))
    draft.refresh_from_db()
    assert draft.text == store.files()[REFUND]


def test_what_was_overtaken_or_stands_against_it_is_told_with_what_was_typed(
    desk: Client, draft: BookDraft, write: Callable[..., Any], stricter: str, refund: str,
    django_capture_on_commit_callbacks: Commit,
) -> None:  # fmt: skip
    write(stricter)
    late = publish_on_page(desk, draft, django_capture_on_commit_callbacks, seen=7, note="Typed with care")
    assert "meanwhile" in late.content.decode()
    assert "Typed with care" in late.content.decode()
    write(refund.replace('may   = ["view", "add_information", "withdraw"]', 'may   = ["view"]', 1))
    page = desk.get(reverse("rulebook_review", args=[draft.pk])).content.decode()
    assert "1 test of the book fails:" in page
    assert "1 of 16 tests fail." in page
    link = f'<a href="{reverse(EDIT, args=[draft.pk])}#rf-tests-0">Student (author): See it</a>'
    assert f"{link}: Allowed, though the test does not list it: Add information, Withdraw." in page
    assert "Publish these rules" not in page
    publish_on_page(desk, draft, django_capture_on_commit_callbacks)
    assert not Activation.objects.exists()


def test_wagtails_own_ways_to_publish_meet_the_same_gate(
    draft: BookDraft, write: Callable[..., Any], refund: str, admin: User
) -> None:
    revision = write(refund.replace("obj.author == user", "obj.autor == user", 1))
    with pytest.raises(DraftRefused, match=r"did you mean obj\.author"):
        revision.publish(user=admin)
    draft.refresh_from_db()
    assert (draft.text, Activation.objects.count()) == (refund, 0)


def test_a_second_person_publishes_where_that_is_asked_for(
    settings: Settings, write: Callable[..., Any], stricter: str, admin: User, make_person: Callable[..., User],
    django_capture_on_commit_callbacks: Commit,
) -> None:  # fmt: skip
    settings.RULES_SECOND_PERSON = True
    revision = write(stricter)
    with pytest.raises(DraftRefused, match="Another administrator"):
        revision.publish(user=admin)
    other = make_person("Abel", *admin.roles)
    with django_capture_on_commit_callbacks(execute=True):
        revision.publish(user=other)
    assert Activation.objects.get().by == other


def test_the_editor_asks_what_is_wrong(desk: Client, refund: str) -> None:
    sent = {"file": REFUND, "text": refund.replace("obj.author == user", "obj.autor == user", 1)}
    found, *_others = desk.post(reverse("rulebook_check"), sent).json()["problems"]
    assert found["key"] == "conditions.own.if"
    assert refund.splitlines()[found["line"] - 1].startswith("if  = ")
    assert desk.post(reverse("rulebook_check"), sent).json()["words"] == ""  # those so far stay
    for template in ("a\\u0000", "x" * 300):  # no file can be called so
        text = refund.replace('template = "requests/approved"', f'template = "{template}"', 1)
        answer = desk.post(reverse("rulebook_check"), {"file": REFUND, "text": text}).json()
        assert [each["key"] for each in answer["problems"]] == ["transitions.approve.then"]
        assert "<code>obj.amount</code>" in answer["words"]  # it can be read
    more = refund.replace("[conditions.own]", '[conditions.dear]\nif = "obj.amount > 100"\n\n[conditions.own]', 1)
    words = desk.post(reverse("rulebook_check"), {"file": REFUND, "text": more}).json()["words"]
    assert "<code>dear</code>" in words
    assert "<code>obj.amount</code>" in words
    assert desk.post(reverse("rulebook_check"), {"file": REFUND, "text": "\x00" + refund * 40}).status_code == 200


def test_what_is_wrong_is_said_in_the_readers_language(desk: Client, admin: User, refund: str) -> None:
    User.objects.filter(pk=admin.pk).update(language="de")
    sent = {"file": REFUND, "text": refund.replace("obj.author == user", "obj.autor == user", 1)}
    found, *_others = desk.post(reverse("rulebook_check"), sent).json()["problems"]
    assert found["text"] == "obj.autor: unbekanntes Feld; meinten Sie obj.author?"


def test_a_book_is_exported_as_its_file_and_its_file_can_be_taken_back(
    desk: Client, draft: BookDraft, write: Callable[..., Any], stricter: str, refund: str
) -> None:
    assert desk.get(reverse("rulebook_export", args=[draft.pk])).content.decode() == refund
    write(stricter)
    desk.post(reverse("rulebook_restore", args=[draft.pk]))
    draft.refresh_from_db()
    assert draft.get_latest_revision_as_object().text == refund


def test_of_a_book_written_here_no_file_is_offered(desk: Client, draft: BookDraft, refund: str) -> None:
    def offered(book: BookDraft) -> list[bool]:
        page = desk.get(reverse("rulebook_review", args=[book.pk])).content.decode()
        return [reverse(name, args=[book.pk]) in page for name in ("rulebook_export", "rulebook_restore")]

    assert offered(draft) == [True, True]
    mine = BookDraft.objects.create(
        file="requests/mine.toml", text=refund.replace("requests.refund", "requests.mine"), live=False
    )
    mine.save_revision()
    assert offered(mine) == [False, False]


def test_nobody_else_sees_or_changes_anything(client: Client, draft: BookDraft, instructor: User, editor: User) -> None:
    pages = [
        reverse(LIST),
        reverse(EDIT, args=[draft.pk]),
        reverse("rulebook_history"),
        reverse("rulebook_review", args=[draft.pk]),
    ]
    for person in (instructor, editor):
        client.force_login(person, "django.contrib.auth.backends.ModelBackend")
        assert {client.get(page).status_code for page in pages} <= {403, 404}
        assert client.post(reverse("rulebook_roll_back", args=[0]), {"note": "x"}).status_code in {403, 404}


def test_the_list_says_what_is_frozen_and_which_files_moved_on(
    desk: Client, write: Callable[..., Any], stricter: str, admin: User, settings: Settings, tmp_path: Path,
    django_capture_on_commit_callbacks: Commit,
) -> None:  # fmt: skip
    with django_capture_on_commit_callbacks(execute=True):
        write(stricter).publish(user=admin)
        publishing.freeze("requests.Request/bug", by=admin, note="Somebody floods us.")
    for file, text in store.files().items():
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text(text + "\n# newer\n")
    settings.RULES_DIR = tmp_path
    page = desk.get(reverse(LIST)).content.decode()
    assert "Somebody floods us." in page
    assert "<strong>Bug report</strong> is frozen:" in page
    link = f'<a href="{reverse("rulebook_rebase", args=[REFUND])}">Refund</a>'
    assert f"have changed since they were published:</strong> {link}</p>" in page


def test_a_book_cannot_be_deleted_or_unpublished(desk: Client, draft: BookDraft) -> None:
    for name in ("delete", "unpublish"):
        response = desk.post(reverse(f"wagtailsnippets_rulebook_bookdraft:{name}", args=[draft.pk]))
        assert response.status_code in {302, 403, 404}
    draft.refresh_from_db()
    assert draft.live


def test_a_locked_book_is_changed_by_nobody_else(desk: Client, make_person: MakePerson, stricter: str) -> None:
    follow_what_is_in_force()
    draft = BookDraft.objects.get(file=REFUND)
    edit = reverse("wagtailsnippets_rulebook_bookdraft:edit", args=[draft.pk])
    desk.post(reverse("wagtailsnippets_rulebook_bookdraft:lock", args=[draft.pk]))
    colleague = Client()
    colleague.force_login(make_person("Arno", Role.ADMIN), "django.contrib.auth.backends.ModelBackend")
    colleague.post(edit, {"text": stricter, "note": "Mine"})
    assert BookDraft.objects.get(file=REFUND).latest_revision is None
    desk.post(reverse("wagtailsnippets_rulebook_bookdraft:unlock", args=[draft.pk]))
    colleague.post(edit, {"text": stricter, "note": "Mine"})
    assert BookDraft.objects.get(file=REFUND).get_latest_revision_as_object().text == stricter


def test_two_drafts_are_compared(desk: Client, stricter: str, refund: str, admin: User) -> None:
    follow_what_is_in_force()
    draft = BookDraft.objects.get(file=REFUND)
    revisions = []
    for text in (refund, stricter):
        draft.text = text
        revisions.append(draft.save_revision(user=admin).pk)
    compared = reverse("wagtailsnippets_rulebook_bookdraft:revisions_compare", args=[draft.pk, *revisions])
    page = desk.get(compared).content.decode()
    assert '<span class="deletion">' in page
    assert "instructor" in page


def test_saving_while_a_new_book_is_saved_by_itself_makes_one_book(desk: Client, in_force: None) -> None:
    add = reverse("wagtailsnippets_rulebook_bookdraft:add")
    sent = {"file": "requests/fresh.toml", "text": START, "note": "New"}
    assert desk.post(add, sent, headers={"Accept": "application/json"}).status_code == 200
    changed = START.replace("When to file one.", "When you need one.")
    answer = desk.post(add, {**sent, "text": changed, "action-review": "1"})
    draft = BookDraft.objects.get(file="requests/fresh.toml")
    assert answer["Location"] == reverse("rulebook_review", args=[draft.pk])
    assert draft.get_latest_revision_as_object().text == changed
    late = desk.post(add, sent, headers={"Accept": "application/json"})  # what saves by itself comes too late
    assert late.status_code == 400
    assert draft.get_latest_revision_as_object().text == changed


@pytest.mark.parametrize("headers", [{}, {"Accept": "application/json"}])
def test_no_book_is_saved_without_a_file(desk: Client, in_force: None, headers: dict[str, str]) -> None:
    """Not as a draft either, which Wagtail would allow: a book keeps the file it was first saved with."""
    sent = {"file": "", "text": START, "note": "New"}
    answer = desk.post(reverse("wagtailsnippets_rulebook_bookdraft:add"), sent, headers=headers)
    assert answer.status_code == (400 if headers else 200)
    assert not BookDraft.objects.filter(file="").exists()


def test_a_file_that_is_taken_is_said(desk: Client, in_force: None) -> None:
    follow_what_is_in_force()
    sent = {"file": "requests/refund.toml", "text": START, "note": "New"}
    answer = desk.post(reverse("wagtailsnippets_rulebook_bookdraft:add"), sent)
    assert "already exists" in answer.content.decode()


def test_a_new_kind_begins_with_something_that_can_be_read(desk: Client) -> None:
    page = desk.get(reverse("wagtailsnippets_rulebook_bookdraft:add")).content.decode()
    assert "A new kind of request" in page
    sent = {"file": "requests/fresh.toml", "text": START.replace("\n", "\r\n"), "note": "New"}
    response = desk.post(reverse("wagtailsnippets_rulebook_bookdraft:add"), {**sent, "action-review": "1"})
    assert response.status_code == 302, response.content.decode()
    page = desk.get(response["Location"]).content.decode()
    assert "Publish these rules" in page


def test_the_list_asks_no_more_for_more_books(
    desk: Client, draft: BookDraft, write: Callable[..., Any], stricter: str,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    write(stricter)
    desk.get(reverse(LIST))
    with django_assert_num_queries(16) as few:
        desk.get(reverse(LIST))
    for number in range(5):
        BookDraft.objects.create(file=f"requests/more{number}.toml", text=START)
    with django_assert_num_queries(len(few)):
        page = desk.get(reverse(LIST)).content.decode()
    assert page.count("live + draft") == 1


def test_the_list_says_what_is_planned(
    desk: Client, draft: BookDraft, write: Callable[..., Any], stricter: str, admin: User
) -> None:
    assert "live, another from" not in desk.get(reverse(LIST)).content.decode()
    write(stricter)
    draft.text, draft.go_live_at = stricter, timezone.now() + timedelta(days=1)
    draft.save_revision(user=admin).publish(user=admin)
    said = f"live, another from {date_format(timezone.localtime(draft.go_live_at), 'MONTH_DAY_FORMAT')}"
    assert desk.get(reverse(LIST)).content.decode().count(said) == 1
    for address in (reverse(EDIT, args=[draft.pk]), reverse("rulebook_review", args=[draft.pk])):
        page = " ".join(desk.get(address).content.decode().split())
        assert f"published on {moment(draft.go_live_at)}. Until then what is in force now decides." in page


def test_a_book_whose_file_came_later_is_live(desk: Client, draft: BookDraft) -> None:
    BookDraft.objects.filter(pk=draft.pk).update(live=False)
    desk.get(reverse(LIST))
    draft.refresh_from_db()
    assert draft.live


def test_a_book_is_headed_by_its_title_with_its_file_below(desk: Client, draft: BookDraft) -> None:
    page = desk.get(reverse(EDIT, args=[draft.pk])).content.decode()
    assert re.search(r"<title>[^<]*Refund", page)
    assert re.search(r'id="header-title">\s*(?:<svg.*?</svg>)?\s*<span>Refund</span>', page, re.DOTALL)
    assert f"<code>{REFUND}</code>" in page
