"""Uploads before their transition: checked, kept privately, owned by their uploader, swept when forgotten."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gradus.core import serving, uploads
from gradus.flow.models import Attachment
from gradus.flow.units import locked

FORGOTTEN = timedelta(days=1)
STAGED_AT_ONCE = 20


def stage(upload: "UploadedFile[Any]", *, owner: Any, max_bytes: int | None = None) -> Attachment:
    """Keep an upload for a transition to come. Raises ValidationError by content, size and number."""
    if not getattr(owner, "is_authenticated", False):
        raise ValidationError(_("Please sign in to add files."))
    checked = uploads.check_upload(upload, kinds=uploads.DOCUMENTS, max_bytes=max_bytes or settings.ATTACHMENT_BYTES)
    kept = Attachment(name=serving.safe_filename(upload.name or "")[:150], media_type=checked, owner=owner)
    kept.size = upload.size or 0
    _check_number(owner)  # before anything is written; it counts again under the lock
    kept.file.save(upload.name or "", upload, save=False)
    try:
        _keep(kept)
    except BaseException:
        kept.file.storage.delete(kept.file.name or "")
        raise
    return kept


def _keep(attachment: Attachment) -> None:
    """Count and add under the lock of the owner's row: two uploads at once cannot both be the last."""
    with transaction.atomic():
        list(locked(get_user_model(), [attachment.owner_id]))
        _check_number(attachment.owner)
        attachment.save(force_insert=True)


def _check_number(owner: Any) -> None:
    if Attachment.objects.filter(owner=owner, object_id=None).count() >= STAGED_AT_ONCE:
        raise ValidationError(_("You have uploaded many files without sending them. Please try again tomorrow."))


def mine(owner: Any, ids: Iterable[Any]) -> list[Attachment]:
    """Those of the ids that are this person's staged files, in the order given."""
    known = getattr(owner, "is_authenticated", False)
    wanted = [found for found in map(_uuid, ids) if found is not None] if known else []
    rows = (
        {row.pk: row for row in Attachment.objects.filter(owner=owner, object_id=None, pk__in=wanted)} if wanted else {}
    )
    return [rows[pk] for pk in dict.fromkeys(wanted) if pk in rows]


def sweep(*, older_than: timedelta = FORGOTTEN) -> int:
    """Remove staged files nobody used, rows first; answers how many."""
    swept = 0
    for attachment in Attachment.objects.filter(object_id=None, created_at__lt=timezone.now() - older_than).iterator():
        with transaction.atomic():
            gone, _each = Attachment.objects.filter(pk=attachment.pk, object_id=None).delete()
            if gone:
                transaction.on_commit(lambda file=attachment.file: file.storage.delete(file.name))  # type: ignore[misc]
                swept += 1
    return swept


def _uuid(raw: Any) -> UUID | None:
    try:
        return UUID(str(raw))
    except ValueError:
        return None
