"""Books that are published later: planned by whoever may publish now, and put in force when their time has come."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from pytest_django import Settings

from cms.site.scheduled import publish_due
from gradus import policy
from gradus.accounts.models import User
from gradus.accounts.roles import Role
from gradus.rulebook.books.publishing import DraftRefused, follow_what_is_in_force
from gradus.rulebook.models import Activation, BookDraft
from tests.conftest import MakePerson
from tests.platform.rulebook.conftest import REFUND, Commit
from workflows.requests.models import Request

pytestmark = pytest.mark.usefixtures("in_force")
Plan = Callable[..., None]


@pytest.fixture
def draft(db: None) -> BookDraft:
    follow_what_is_in_force()
    return BookDraft.objects.get(file=REFUND)


@pytest.fixture
def other_admin(make_person: MakePerson) -> User:
    return make_person("Abel", Role.ADMIN)


@pytest.fixture
def plan(draft: BookDraft) -> Plan:
    """Written by one and planned for tomorrow by another: `plan(text, by=ada, planned_by=abel)`."""

    def save(text: str, *, by: User, planned_by: User) -> None:
        draft.text, draft.note, draft.go_live_at = text, "Stricter", timezone.now() + timedelta(days=1)
        draft.save_revision(user=by).publish(user=planned_by)

    return save


@pytest.fixture
def tomorrow(django_capture_on_commit_callbacks: Commit) -> Callable[[], None]:
    """The worker looks once the time has come."""

    def look() -> None:
        with time_machine.travel(timezone.now() + timedelta(days=2)), django_capture_on_commit_callbacks(execute=True):
            publish_due()

    return look


def test_it_is_in_force_when_its_time_has_come(
    draft: BookDraft, plan: Plan, tomorrow: Callable[[], None], stricter: str, refund: str, admin: User,
    other_admin: User,
) -> None:  # fmt: skip
    plan(stricter, by=admin, planned_by=other_admin)
    draft.refresh_from_db()
    assert (draft.text, draft.live, policy.active().book(Request, "refund").text) == (refund, True, refund)
    publish_due()
    assert not Activation.objects.exists()
    tomorrow()
    draft.refresh_from_db()
    assert (draft.text, draft.live, policy.active().book(Request, "refund").text) == (stricter, True, stricter)
    row = Activation.objects.get()
    assert (row.by, row.note) == (other_admin, "Stricter")


def test_the_second_person_is_the_one_who_plans_it(
    settings: Settings, plan: Plan, tomorrow: Callable[[], None], stricter: str, admin: User, other_admin: User
) -> None:
    settings.RULES_SECOND_PERSON = True
    with pytest.raises(DraftRefused, match="Another administrator"):
        plan(stricter, by=admin, planned_by=admin)
    tomorrow()
    assert not Activation.objects.exists()
    plan(stricter, by=admin, planned_by=other_admin)
    tomorrow()
    assert Activation.objects.get().by == other_admin


def test_what_could_not_be_published_now_is_not_planned(
    draft: BookDraft, plan: Plan, refund: str, admin: User, instructor: User
) -> None:
    failing = refund.replace('may   = ["view", "add_information", "withdraw"]', 'may   = ["view"]', 1)
    assert failing != refund
    with pytest.raises(DraftRefused, match="is allowed but not listed"):
        plan(failing, by=admin, planned_by=admin)
    draft.refresh_from_db()
    assert draft.scheduled_revision is None


def test_what_cannot_be_published_any_more_is_told_and_stays_a_draft(
    draft: BookDraft, plan: Plan, tomorrow: Callable[[], Any], stricter: str, admin: User, other_admin: User
) -> None:
    plan(stricter, by=admin, planned_by=other_admin)
    other_admin.groups.clear()
    with pytest.raises(ExceptionGroup) as failed:
        tomorrow()
    assert "Only administrators" in str(failed.value.exceptions[0])
    assert not Activation.objects.exists()
    draft.refresh_from_db()
    assert draft.scheduled_revision is None
    assert draft.get_latest_revision_as_object().text == stricter
