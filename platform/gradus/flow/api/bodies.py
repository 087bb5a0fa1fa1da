"""What callers send. Values are checked by the transition's own parameters, so only the frame is read here."""

import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.errors import HttpError

from gradus.flow.api.problems import RESPONSES
from gradus.flow.models import Declared, Stateful
from gradus.flow.values import LARGEST

# Words of `flow.apply` and `flow.create` themselves.
RESERVED = frozenset({"by", "now", "kind", "expect_version"})


def read(request: HttpRequest) -> dict[str, Any]:
    if len(request.body) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:  # sent in pieces, it states no length beforehand
        raise HttpError(413, _("The body is too large. Upload files one by one and send the rest in parts."))
    try:
        body = json.loads(request.body or b"{}")
    except (ValueError, RecursionError):
        raise HttpError(400, _("The body is not JSON.")) from None
    if not isinstance(body, dict):
        raise HttpError(400, _("The body must be a JSON object."))
    return body


def values_of(body: dict[str, Any]) -> dict[str, Any]:
    values = body.get("values", {})
    if not isinstance(values, dict) or RESERVED & values.keys():
        raise HttpError(422, _("“values” must be an object of the names the offer's params list."))
    return values


def version_of(body: dict[str, Any]) -> int | None:
    version = body.get("expect_version")
    if version is not None and (isinstance(version, bool) or not isinstance(version, int)):
        raise HttpError(422, _("“expect_version” must be a whole number."))
    return version


def text_of(body: dict[str, Any], name: str) -> str:
    text = body.get(name, "")
    if not isinstance(text, str):
        raise HttpError(422, _("“%(name)s” must be a text.") % {"name": name})
    return text


def transition_schema() -> dict[str, Any]:
    values = {"type": "object", "description": "What the transition asks; its schema is in the offer's `params`."}
    return _json({"expect_version": {"type": "integer", "minimum": 0, "maximum": LARGEST}, "values": values})


def creation_schema(model: type[Stateful]) -> dict[str, Any]:
    values = {"type": "object", "description": "What the creation asks; its schema is among the `creations`."}
    properties: dict[str, Any] = {"transition": {"type": "string"}, "values": values}
    if issubclass(model, Declared):
        properties["kind"] = {"type": "string"}
    return _json(properties)


def _json(properties: dict[str, Any]) -> dict[str, Any]:
    schema = {"type": "object", "properties": properties}
    return {"requestBody": {"content": {"application/json": {"schema": schema}}}, "responses": RESPONSES}
