"""Error answers: a page for people, problem+json (RFC 9457) for programs, the same words in both.

404 for what somebody may not know exists, 403 for what they know of but may not do.
"""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template import loader
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gradus.core import correlation
from gradus.core.reasons import About, member

API_PREFIX = "/api/"
PROBLEM = "application/problem+json"


class Refused(PermissionDenied):
    """A rule that said no to `name` of `thing`, in words for people."""

    def __init__(self, said: str, thing: Any, name: str) -> None:
        self.about = About(thing, name)
        super().__init__(said)


def explained(reader: Any, error: Exception | None) -> dict[str, str]:
    """Where a rule's no is explained, as a member of an answer to a program."""
    return member(reader, error.about if isinstance(error, Refused) else None)


def wants_json(request: HttpRequest) -> bool:
    return request.path_info.startswith(API_PREFIX) or request.get_preferred_type(
        ["text/html", PROBLEM, "application/json"]
    ) in {PROBLEM, "application/json"}


def problem(status: int, detail: str = "", **extra: Any) -> JsonResponse:
    """A problem+json answer; `extra` are members of its own, such as `reasons`."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    body |= {"request_id": correlation.current()} | extra
    return JsonResponse(body, status=status, content_type=PROBLEM)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, 400, _("The request could not be understood. Go back and try again."))


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403 with the exception's own words, when it has some for people."""
    said = str(exception) if isinstance(exception, PermissionDenied) else ""
    detail = said or _("You may not do this in the role you are acting in.")
    return _answer(request, 403, detail, reasons=[said] if said else [], refused=exception)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, 404, _("There is nothing here, or it is not for you to see."))


def nothing_here(request: HttpRequest, rest: str = "") -> HttpResponse:
    """A view for addresses that lead nowhere."""
    return not_found(request)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    detail = _("The form had expired. Go back, reload the page and send it again.")
    return _answer(request, 403, detail, reasons=[detail])


def too_many_requests(
    request: HttpRequest, exception: Exception | None = None, *, retry_after: int = 60
) -> HttpResponse:
    minutes = max(1, round(retry_after / 60))
    detail = ngettext(
        "That was too often. Please try again in about a minute.",
        "That was too often. Please try again in about %(minutes)d minutes.",
        minutes,
    ) % {"minutes": minutes}
    response = _answer(request, 429, detail)
    response["Retry-After"] = str(retry_after)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """500 without the request's context: whatever failed may be what a full page needs."""
    detail = _("Something went wrong on our side. It has been noted under this number.")
    if wants_json(request):
        return problem(500, detail)
    page = loader.get_template("500.html").render({"detail": detail, "request_id": correlation.current()})
    return HttpResponse(page, status=500)


def _answer(
    request: HttpRequest,
    status: int,
    detail: str,
    *,
    reasons: list[str] | None = None,
    refused: Exception | None = None,
) -> HttpResponse:
    if wants_json(request):
        return problem(status, detail, reasons=reasons or [], **explained(getattr(request, "user", None), refused))
    context: dict[str, Any] = {"detail": detail, "reasons": reasons, "request_id": correlation.current()}
    context["refused"] = refused if isinstance(refused, Refused) else None
    return render(request, f"{status}.html", context, status=status)
