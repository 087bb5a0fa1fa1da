"""Private files: staged by their uploader, attached by the transition that takes their ids, swept when forgotten."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from gradus import policy
from gradus.accounts.roles import Actor, actor_for
from gradus.core.serving import serve_ranged
from gradus.core.uploads import check_size
from gradus.flow.models import Attachment
from gradus.flow.params import Kind, Param, Params
from gradus.flow.records import Attempt

SHOWN_INLINE = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf"})


def staged(params: Params, given: Mapping[str, Any]) -> Iterator[models.Model]:
    """Stand-ins for the files handed over: rows to lock."""
    for ids in file_ids(params, given).values():
        yield from (Attachment(pk=pk) for pk in ids)


def file_ids(params: Params, given: Mapping[str, Any]) -> dict[str, list[UUID]]:
    """The ids in each parameter that takes files."""
    return {param.name: given.get(param.name) or [] for param in params if param.kind is Kind.FILE}


def attach(attempt: Attempt, given: Mapping[str, Any]) -> None:
    """Hand the actor's staged files over to the object.

    Raises ValidationError when one is not theirs, is taken, or is larger than this parameter takes: who staged it by
    the API did not say what for.
    """
    for name, ids in file_ids(attempt.move.params, given).items():
        if not ids:
            continue
        mine = Attachment.objects.filter(pk__in=ids, owner_id=attempt.actor.id, object_id=None)
        check_sizes(attempt.move.params[name], mine)
        its = ContentType.objects.get_for_model(attempt.obj)
        if mine.update(content_type=its, object_id=attempt.obj.pk, field=name) != len(ids):
            raise ValidationError({name: _("A file is missing or already used. Please choose it again.")})


def check_sizes(param: Param, files: models.QuerySet[Attachment]) -> None:
    if param.most is None:
        return
    try:
        for file in files:
            check_size(file.name, file.size, param.most)
    except ValidationError as error:
        raise ValidationError({param.name: error}) from None


def of(obj: models.Model) -> models.QuerySet[Attachment]:
    """The files of an object, oldest first."""
    its = ContentType.objects.get_for_model(obj)
    return Attachment.objects.filter(content_type=its, object_id=obj.pk).order_by("created_at", "id")


def may_open(attachment: Attachment, actor: Actor) -> bool:
    """Its uploader while it is staged; then whoever may view the object it belongs to."""
    if attachment.content_type is None:
        return actor.id is not None and attachment.owner_id == actor.id
    model = attachment.content_type.model_class()
    obj = model._base_manager.filter(pk=attachment.object_id).first() if model is not None else None
    return obj is not None and policy.decide(actor, "view", obj).allowed


def found(pk: UUID, who: Any) -> Attachment:
    """The file, or 404 for all who may not open it."""
    attachment = Attachment.objects.filter(pk=pk).first()
    if attachment is None or not may_open(attachment, actor_for(who)):
        raise Http404
    return attachment


def serve(request: HttpRequest, attachment: Attachment) -> HttpResponseBase:
    """Its bytes: shown by the browser where that is safe, else (and with ?download) to be saved under its name."""
    inline = attachment.media_type in SHOWN_INLINE and "download" not in request.GET
    return serve_ranged(
        request,
        attachment.file,
        content_type=attachment.media_type,
        filename=None if inline else attachment.name,
    )
