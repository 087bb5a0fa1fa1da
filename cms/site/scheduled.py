"""What goes live, or expires, at the moment its editor chose."""

import logging
from collections.abc import Callable, Iterator
from functools import partial

from django.apps import apps
from django.db import transaction
from django.utils import timezone
from wagtail.actions.publish_revision import PublishPermissionError
from wagtail.models import DraftStateMixin, Page, Revision

log = logging.getLogger(__name__)


def publish_due() -> None:
    """The task of every minute. Each thing by itself: one that cannot be published keeps no other waiting.

    What failed is tried again a minute later; what is refused is no longer scheduled, so its editor finds a draft. Both
    are told of at the end, by an error that the health page shows. Raises ExceptionGroup.
    """
    failures = []
    for change in _due():
        try:
            change()
        except Exception as error:
            log.exception("A scheduled change failed")
            failures.append(error)
    if failures:
        raise ExceptionGroup(f"{len(failures)} scheduled changes failed", failures)


def _due() -> Iterator[Callable[[], object]]:
    now = timezone.now()
    for model in _with_drafts():
        for expired in model._default_manager.filter(live=True, expire_at__lt=now).order_by("expire_at"):
            yield partial(_whole, expired.unpublish, set_expired=True, log_action="wagtail.unpublish.scheduled")
    for revision in Revision.objects.filter(approved_go_live_at__lt=now).order_by("approved_go_live_at"):
        yield partial(_publish, revision)


def _publish(revision: Revision) -> None:
    try:
        _whole(revision.publish, log_action="wagtail.publish.scheduled")
    except PublishPermissionError:
        Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=None)
        raise


def _whole(change: Callable[..., object], **said: object) -> None:
    """All of it or nothing."""
    with transaction.atomic():
        change(**said)


def _with_drafts() -> Iterator[type[DraftStateMixin]]:
    """Pages by their common table, and the snippets that have drafts."""
    yield Page
    yield from (each for each in apps.get_models() if issubclass(each, DraftStateMixin) and not issubclass(each, Page))
