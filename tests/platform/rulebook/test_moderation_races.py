"""Approving and saving at once, on PostgreSQL with real threads: what nobody read is never put in force."""

import threading
from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from wagtail.models import GroupApprovalTask, Workflow, WorkflowState, WorkflowTask

from gradus.accounts.models import User
from gradus.accounts.roles import Role
from gradus.rulebook.books.publishing import follow_what_is_in_force
from gradus.rulebook.models import Activation, BookDraft
from tests.conftest import MakePerson
from tests.platform.rulebook.conftest import REFUND
from tests.waiting import until

pytestmark = [
    pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("in_force"),
    pytest.mark.xdist_group("connections"),
]  # fmt: skip
ACTION = "wagtailsnippets_rulebook_bookdraft:workflow_action"
Thread = Callable[[Callable[[], object]], threading.Thread]
WAITS = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"


@pytest.fixture
def book(admin: User, stricter: str) -> BookDraft:
    """With its reviewers, who are administrators."""
    follow_what_is_in_force()
    group, _made = Group.objects.get_or_create(name=Role.ADMIN.value)
    workflow, task = Workflow.objects.create(name="Books"), GroupApprovalTask.objects.create(name="Second pair of eyes")
    task.groups.add(group)
    WorkflowTask.objects.create(workflow=workflow, task=task)
    draft = BookDraft.objects.get(file=REFUND)
    draft.text, draft.note = stricter, "Stricter"
    draft.save_revision(user=admin)
    workflow.start(draft, admin)
    return draft


def waiting() -> bool:
    """Whether somebody stands at a lock."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_stat_clear_snapshot()")
        cursor.execute(WAITS)
        return bool(cursor.fetchone()[0])


def test_who_approves_while_it_is_changed_approves_nothing(
    book: BookDraft, stricter: str, admin: User, make_person: MakePerson, at_the_same_time: Thread
) -> None:
    reviewer = Client()
    reviewer.force_login(make_person("Abel", Role.ADMIN), "django.contrib.auth.backends.ModelBackend")
    read = WorkflowState.objects.get().current_task_state
    approving = at_the_same_time(lambda: reviewer.post(reverse(ACTION, args=[book.pk, "approve", read.pk])))
    with transaction.atomic():
        changed = BookDraft.objects.get(pk=book.pk)
        changed.text, changed.note = stricter + "\n# slipped in\n", "Slipped in"
        changed.save_revision(user=admin)
        approving.start()
        until(waiting, 20, "nobody waits for the change")
    approving.join()
    assert not Activation.objects.exists()
    assert WorkflowState.objects.get().current_task_state.status == "in_progress"


@pytest.fixture
def at_the_same_time() -> Thread:
    """A thread that leaves no connection behind."""

    def thread(work: Callable[[], object]) -> threading.Thread:
        def run() -> None:
            try:
                work()
            finally:
                connection.close()

        return threading.Thread(target=run)

    return thread
