"""The history of the rules: what was put in force, stopped and taken back, on its page."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from gradus.accounts.models import User
from gradus.rulebook import publishing, store
from gradus.rulebook.books.publishing import follow_what_is_in_force
from gradus.rulebook.models import Activation, BookDraft, Version
from tests.platform.rulebook.conftest import REFUND, Commit

pytestmark = pytest.mark.usefixtures("in_force")


def test_an_older_version_is_one_click_away(desk: Client, stricter: str, refund: str, admin: User) -> None:
    """Whoever is in a hurry need not write why; what stands there says what was done."""
    publishing.publish({REFUND: stricter}, by=admin, note="Stricter")
    publishing.publish({REFUND: refund + "# again\n"}, by=admin, note="Milder")
    page = desk.get(reverse("rulebook_history")).content.decode()
    forms = re.findall(r'<form method="post" action="([^"]+)".*?name="note"[^>]* value="([^"]+)"', page)
    assert forms == [
        (reverse("rulebook_roll_back", args=[1]), "Back to version 1."),
        (reverse("rulebook_roll_back", args=[0]), "Back to the installed files."),
    ]
    desk.post(forms[0][0], {"note": forms[0][1]})
    assert (store.standing().version, Activation.objects.get(number=3).note) == (1, "Back to version 1.")


def test_the_editor_opens_on_what_was_put_in_force_again(
    desk: Client, admin: User, stricter: str, refund: str, django_capture_on_commit_callbacks: Commit
) -> None:
    follow_what_is_in_force()
    draft = BookDraft.objects.get(file=REFUND)
    address = reverse("wagtailsnippets_rulebook_bookdraft:edit", args=[draft.pk])
    for text in (stricter, refund + "# again\n"):
        draft.text, draft.note = text, "To and fro"
        with django_capture_on_commit_callbacks(execute=True):
            draft.save_revision(user=admin).publish(user=admin)
    with django_capture_on_commit_callbacks(execute=True):
        publishing.roll_back(Version.objects.get(number=1), by=admin, note="As it was")
    assert desk.get(address).context["form"]["text"].value() == stricter


def test_history_says_what_was_frozen_and_released(
    desk: Client, admin: User, django_capture_on_commit_callbacks: Commit
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        publishing.freeze("requests.Request/bug", by=admin, note="Two at once")
        publishing.freeze("requests.Request/refund", by=admin, note="Paid twice")
        publishing.thaw("requests.Request/bug", by=admin, note="Mended")
    page = " ".join(desk.get(reverse("rulebook_history")).content.decode().split())
    for words in ("frozen: Bug report ·", "frozen: Refund ·", "released: Bug report ·"):
        assert words in page


def test_history_says_which_books_a_version_changed(
    desk: Client, admin: User, stricter: str, django_capture_on_commit_callbacks: Commit
) -> None:
    numbers = store.files()["metrics.toml"].replace("value = 95", "value = 90")
    with django_capture_on_commit_callbacks(execute=True):
        publishing.publish({REFUND: stricter}, by=admin, note="Stricter")
        publishing.publish({"metrics.toml": numbers}, by=admin, note="Credits")
        publishing.roll_back(None, by=admin, note="As it was")
    page = " ".join(desk.get(reverse("rulebook_history")).content.decode().split())
    for words in ("published: Refund ·", "published: Figures ·", "rolled back: Figures, Refund ·"):
        assert words in page


def test_the_pages_ask_the_same_however_much_was_published(
    desk: Client, stricter: str, refund: str, admin: User,
    django_capture_on_commit_callbacks: Commit, django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    """History and one version, after two changes and after many."""
    follow_what_is_in_force()

    def publish(*texts: str) -> None:
        for text in texts:
            with django_capture_on_commit_callbacks(execute=True):
                publishing.publish({REFUND: text}, by=admin, note="To and fro")

    def look(page: str, queries: int) -> None:
        desk.get(page)
        with django_assert_num_queries(queries):
            assert desk.get(page).status_code == 200

    publish(stricter, refund, stricter)
    look(reverse("rulebook_history"), 15)
    look(reverse("rulebook_version", args=[1]), 13)
    publish(refund, stricter, refund, stricter)
    look(reverse("rulebook_history"), 15)
    look(reverse("rulebook_version", args=[1]), 13)


@pytest.mark.both_databases
@pytest.mark.parametrize("note", ["a\0b", "x" * 2001])
def test_a_note_that_cannot_be_kept_changes_nothing(desk: Client, in_force: None, note: str) -> None:
    answer = desk.post(reverse("rulebook_freeze"), {"book": "requests.Request/refund", "note": note}, follow=True)
    assert answer.status_code == 200
    assert [str(message) for message in answer.context["messages"]]
    assert not Activation.objects.exists()
    assert desk.post(reverse("rulebook_roll_back", args=[0]), {"note": note}).status_code == 302
    assert not Activation.objects.exists()
