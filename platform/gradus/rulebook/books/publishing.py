"""From a draft to what is in force."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.actions.publish_revision import PublishPermissionError
from wagtail.models import ModelLogEntry, Revision

from gradus.accounts.models import User
from gradus.rulebook import publishing, store
from gradus.rulebook.editions import kept_for
from gradus.rulebook.models import BookDraft
from gradus.rulebook.publishing import NotPublished

PLANNED = "wagtail.publish.schedule"  # as Wagtail writes it into its log


class DraftRefused(NotPublished, PublishPermissionError):  # noqa: N818 - says what happened: nothing
    """Nothing was published. Wagtail's own ways to publish know the second half of it."""


def publish_draft(draft: BookDraft, revision: Revision, user: User | None, go_live: Callable[[], Any]) -> Any:
    """Both or neither: Wagtail's live row, and the version in force. What is planned meets the gate twice."""
    meant = revision.as_object()
    later = bool(meant.go_live_at) and meant.go_live_at > timezone.now()
    put = publishing.ready if later else publishing.publish
    with transaction.atomic():
        try:
            put({draft.file: meant.text}, by=_publisher(revision, user or _planner(revision)), note=meant.note)
        except NotPublished as refused:
            raise DraftRefused(refused.objections) from refused
        row = BookDraft.objects.filter(pk=draft.pk)
        in_force = row.values("text", "note", "live").get()
        done = go_live()
        if later:  # Wagtail writes the draft into a row that it never published itself
            row.update(**in_force)
        return done


def _planner(revision: Revision) -> User | None:
    """Who planned what comes due now; who wrote it, where nobody did."""
    planned = ModelLogEntry.objects.filter(revision=revision, action=PLANNED, user__isnull=False)
    found: User | None = next((entry.user for entry in planned.select_related("user").order_by("-pk")[:1]), None)
    return found or revision.user


def _publisher(revision: Revision, by: User | None) -> User:
    if by is None:
        raise NotPublished([_("Nobody is known who publishes this.")])
    if settings.RULES_SECOND_PERSON and revision.user_id == by.pk:
        raise NotPublished([_("You wrote this. Another administrator has to publish it.")])
    return by


def follow_what_is_in_force() -> None:
    """A row for every book, with the text in force; what somebody is writing stays as it is.

    An older edition that nothing needs any more has none, unless somebody is writing it; versions keep its text.
    """
    found = store.standing()
    texts = {**store.files(), **found.published}
    known = {draft.file: draft for draft in BookDraft.objects.all()}
    BookDraft.objects.bulk_create(
        [BookDraft(file=file, text=text) for file, text in texts.items() if file not in known], ignore_conflicts=True
    )
    needless = [file for file in known if kept_for(file) and file not in texts]
    BookDraft.objects.filter(file__in=needless, has_unpublished_changes=False).delete()
    for file, draft in known.items():
        if file in texts and (draft.text, draft.live) != (texts[file], True):
            BookDraft.objects.filter(pk=draft.pk).update(text=texts[file], live=True)


def restore(draft: BookDraft, text: str, by: User, note: str) -> Revision:
    """An older text as the newest draft; publishing it is a step of its own."""
    meant = draft.get_latest_revision_as_object()
    meant.text, meant.note, meant.go_live_at = text, note, None
    return meant.save_revision(user=by, clean=False)
