"""Books with their reviewers: the approved text is put in force, and no other."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from wagtail.models import (
    GroupApprovalTask,
    Revision,
    TaskState,
    Workflow,
    WorkflowContentType,
    WorkflowState,
    WorkflowTask,
)

from gradus import policy
from gradus.accounts.models import User
from gradus.accounts.roles import Role
from gradus.rulebook.books.publishing import follow_what_is_in_force
from gradus.rulebook.models import Activation, BookDraft
from tests.conftest import MakePerson
from tests.platform.rulebook.conftest import REFUND, Commit
from workflows.requests.models import Request

pytestmark = pytest.mark.usefixtures("in_force")
EDIT = "wagtailsnippets_rulebook_bookdraft:edit"
ACTION = "wagtailsnippets_rulebook_bookdraft:workflow_action"
Write = Callable[..., Revision]


@pytest.fixture
def other(make_person: MakePerson) -> User:
    return make_person("Abel", Role.ADMIN)


@pytest.fixture
def draft(db: None) -> BookDraft:
    follow_what_is_in_force()
    return BookDraft.objects.get(file=REFUND)


@pytest.fixture
def write(draft: BookDraft, admin: User) -> Write:
    def save(text: str, *, by: User = admin, note: str = "Stricter") -> Revision:
        meant = BookDraft.objects.get(pk=draft.pk)
        meant.text, meant.note = text, note
        return meant.save_revision(user=by)

    return save


@pytest.fixture
def steps(db: None) -> list[GroupApprovalTask]:
    """Two steps, both of administrators, for every book."""
    workflow = Workflow.objects.create(name="Books", active=True)
    WorkflowContentType.objects.create(workflow=workflow, content_type=ContentType.objects.get_for_model(BookDraft))
    made = []
    for number, name in enumerate(("Sense", "Money")):
        task = GroupApprovalTask.objects.create(name=name, active=True)
        task.groups.add(Group.objects.get(name=Role.ADMIN.value))
        WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=number)
        made.append(task)
    return made


@pytest.fixture
def submitted(draft: BookDraft, write: Write, stricter: str, steps: list[GroupApprovalTask], admin: User) -> BookDraft:
    write(stricter)
    draft.refresh_from_db()
    Workflow.objects.get(name="Books").start(draft, admin)
    return draft


def step() -> TaskState:
    return WorkflowState.objects.get().current_task_state


def approve(client: Client, draft: BookDraft, at: TaskState, who: User) -> str:
    client.force_login(who, "django.contrib.auth.backends.ModelBackend")
    answer = client.post(reverse(ACTION, args=[draft.pk, "approve", at.pk]), follow=True)
    return answer.content.decode()


def test_what_all_steps_approved_is_in_force(
    client: Client, submitted: BookDraft, stricter: str, other: User, django_capture_on_commit_callbacks: Commit
) -> None:
    approve(client, submitted, step(), other)
    assert step().task.name == "Money"
    assert not Activation.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        approve(client, submitted, step(), other)
    assert policy.active().book(Request, "refund").text == stricter
    assert (Activation.objects.get().by, WorkflowState.objects.get().status) == (other, "approved")


def test_an_edit_asks_every_reviewer_anew(
    client: Client, submitted: BookDraft, write: Write, stricter: str, other: User,
    django_capture_on_commit_callbacks: Commit,
) -> None:  # fmt: skip
    approve(client, submitted, step(), other)
    looked_at = step()
    changed = stricter + "\n# slipped in afterwards\n"
    write(changed)
    assert (step().task.name, step().pk == looked_at.pk) == ("Sense", False)
    page = approve(client, submitted, looked_at, other)
    assert "this has been changed or decided since" in page
    assert not Activation.objects.exists()
    for _each in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            approve(client, submitted, step(), other)
    assert policy.active().book(Request, "refund").text == changed


def test_a_revision_written_over_asks_anew_as_well(submitted: BookDraft, stricter: str, admin: User) -> None:
    looked_at = step()
    meant = looked_at.revision.as_object()
    meant.text = stricter + "\n# slipped in\n"
    meant.save_revision(user=admin, overwrite_revision=looked_at.revision)
    assert step().pk != looked_at.pk


def test_saving_the_same_again_leaves_the_review_as_it_is(
    client: Client, submitted: BookDraft, write: Write, stricter: str, other: User
) -> None:
    approve(client, submitted, step(), other)
    before = step()
    again = write(stricter)
    assert (step().pk, step().revision_id) == (before.pk, again.pk)


def test_a_reviewer_who_mends_it_approves_what_they_wrote(
    client: Client, submitted: BookDraft, stricter: str, other: User, django_capture_on_commit_callbacks: Commit
) -> None:
    client.force_login(other, "django.contrib.auth.backends.ModelBackend")
    mended = stricter + "\n# mended\n"
    sent = {"file": REFUND, "text": mended, "note": "Mended"}
    act = {"action-workflow-action": "true", "workflow-action-name": "approve"}
    for text in (mended, mended):
        with django_capture_on_commit_callbacks(execute=True):
            client.post(reverse(EDIT, args=[submitted.pk]), {**sent, "text": text, **act})
    assert policy.active().book(Request, "refund").text == mended


def test_an_approval_that_may_not_be_published_changes_nothing_and_says_why(
    client: Client, submitted: BookDraft, write: Write, refund: str, other: User
) -> None:
    write(refund.replace('may   = ["view", "add_information", "withdraw"]', 'may   = ["view"]', 1))
    approve(client, submitted, step(), other)
    last = step()
    client.force_login(other, "django.contrib.auth.backends.ModelBackend")
    act = {"action-workflow-action": "true", "workflow-action-name": "approve"}
    newest = BookDraft.objects.get(pk=submitted.pk).get_latest_revision_as_object()
    sent = {"file": REFUND, "text": newest.text, "note": newest.note, **act}
    page = client.post(reverse(EDIT, args=[submitted.pk]), sent, follow=True).content.decode()
    assert "Nothing was published." in page
    assert "Nothing was published." in approve(client, submitted, last, other)
    assert step().status == TaskState.STATUS_IN_PROGRESS
    assert not Activation.objects.exists()


def test_administrators_say_who_reviews_and_see_what_waits_for_them(
    client: Client, submitted: BookDraft, admin: User, other: User, instructor: User, editor: User
) -> None:
    for path in ("workflows/list/", "workflows/add/", "workflows/tasks/index/"):
        client.force_login(admin, "django.contrib.auth.backends.ModelBackend")
        assert client.get(f"/admin/{path}").status_code == 200, path
        client.force_login(editor, "django.contrib.auth.backends.ModelBackend")
        assert client.get(f"/admin/{path}").status_code != 200, path
        client.force_login(instructor, "django.contrib.auth.backends.ModelBackend")
        assert client.get(f"/admin/{path}").status_code == 403, path
    assert client.get(reverse("rulebook_moderation")).status_code == 403
    client.force_login(other, "django.contrib.auth.backends.ModelBackend")
    assert REFUND in client.get(reverse("rulebook_moderation"), {"reviewable": "true"}).content.decode()
    home = client.get("/admin/").content.decode()
    assert "book waits for you." in home
    client.force_login(editor, "django.contrib.auth.backends.ModelBackend")
    assert "waits for you" not in client.get("/admin/").content.decode()


def test_the_list_needs_the_same_queries_for_many(
    client: Client, submitted: BookDraft, other: User, admin: User,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    client.force_login(other, "django.contrib.auth.backends.ModelBackend")
    client.get(reverse("rulebook_moderation"))
    with django_assert_num_queries(100, exact=False) as one:
        client.get(reverse("rulebook_moderation"))
    for book in BookDraft.objects.exclude(pk=submitted.pk):
        book.save_revision(user=admin)
        Workflow.objects.get(name="Books").start(book, admin)
    with django_assert_num_queries(len(one)):
        page = client.get(reverse("rulebook_moderation")).content.decode()
    assert page.count("What it would do") == BookDraft.objects.count() > 5
