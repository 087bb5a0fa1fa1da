"""Every error of the API as problem+json: the words people see elsewhere, under `reasons`."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError
from ninja.errors import ValidationError as RequestInvalid

from gradus.core.errors import explained, problem
from gradus.core.reasons import member
from gradus.flow.errors import Denied, FlowError

PROBLEM = {
    "type": "object",
    "required": ["title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "description": "denied, not_now, stale, limited or invalid."},
        "reasons": {"type": "array", "items": {"type": "string"}, "description": "What people read elsewhere."},
        "why": {
            "type": "string",
            "description": "The page that explains a rule's refusal; only for callers who may read the rules.",
        },
        "errors": {"type": "object", "description": "Messages by the name of the value they are about."},
        "request_id": {"type": "string"},
    },
}
# In the description of every operation, beside what it answers when all is well.
RESPONSES = {
    "4XX": {"description": "What is wrong", "content": {"application/problem+json": {"schema": PROBLEM}}},
}


def install(api: NinjaAPI) -> None:
    @api.exception_handler(FlowError)
    def refused(request: HttpRequest, error: FlowError) -> HttpResponse:
        reasons = list(error.reasons)
        more: dict[str, Any] = {"errors": error.fields} if isinstance(error, Denied) and error.fields else {}
        more |= member(_caller(request), error.about)
        response = problem(error.status, " ".join(reasons), code=error.code, reasons=reasons, **more)
        for name, value in error.headers.items():
            response[name] = value
        return response

    _install_unreadable(api)

    @api.exception_handler(ValidationError)
    def invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
        return _wrong(error.message_dict if hasattr(error, "error_dict") else {"__all__": error.messages})

    @api.exception_handler(Http404)
    def missing(_request: HttpRequest, _error: Http404) -> HttpResponse:
        return problem(404, _("There is nothing here, or it is not for you to see."))

    @api.exception_handler(AuthenticationError)
    def unknown(_request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
        return problem(401, _("Sign in, or send a key: “Authorization: Bearer …”."))

    @api.exception_handler(PermissionDenied)
    def forbidden(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
        said = str(error) or _("You may not do this in the role you are acting in.")
        return problem(403, said, **explained(_caller(request), error))

    @api.exception_handler(TooOften)
    def too_often(_request: HttpRequest, error: TooOften) -> HttpResponse:
        response = problem(429, _("That was too often. Please wait before you try again."))
        response["Retry-After"] = str(error.retry_after)
        return response

    @api.exception_handler(HttpError)
    def other(_request: HttpRequest, error: HttpError) -> HttpResponse:
        return problem(error.status_code, str(error))


def _caller(request: HttpRequest) -> Any:
    """Whoever was let in; nobody where it did not come to that."""
    return getattr(request, "auth", None)


def _install_unreadable(api: NinjaAPI) -> None:
    """What could not be read, or not as the kind of thing it should be."""

    @api.exception_handler(RequestInvalid)
    def malformed(_request: HttpRequest, error: RequestInvalid) -> HttpResponse:
        return _wrong({".".join(str(part) for part in one["loc"][1:]): [one["msg"]] for one in error.errors})

    @api.exception_handler(MultiPartParserError)
    def no_form(_request: HttpRequest, _error: MultiPartParserError) -> HttpResponse:
        return problem(400, _("What was sent is no form with files."))


def _wrong(errors: dict[str, Any]) -> HttpResponse:
    return problem(422, _("Some values are missing or wrong."), code="invalid", errors=errors)


class TooOften(Exception):  # noqa: N818
    """More calls than the limit allows."""

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__()
