"""Files for transitions to come: uploaded first, then named by their id; and the files of objects, for programs."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from ninja import File, Router, Status
from ninja.files import UploadedFile

from gradus.flow import attachments, staging
from gradus.flow.api.auth import caller
from gradus.flow.api.problems import RESPONSES
from gradus.flow.api.schemas import FileOut, staged

NAME = "files"
BYTES = {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
router = Router()


@router.post("", response={201: FileOut}, operation_id="stage_file", openapi_extra={"responses": RESPONSES})
def stage(request: HttpRequest, file: File[UploadedFile]) -> Any:
    """Upload a file for a transition that asks for one. It is kept for a day unless a transition takes its id."""
    kept = staging.stage(file, owner=caller(request, writes=True))
    return Status(201, staged(kept, reverse("api:get_file", args=[kept.pk])))


@router.get(
    "/{uuid:pk}", operation_id="get_file", url_name="get_file", openapi_extra={"responses": {200: BYTES} | RESPONSES}
)
def fetch(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """A file you staged, or one of an object you may view."""
    return attachments.serve(request, attachments.found(pk, caller(request)))
