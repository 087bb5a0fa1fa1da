"""What every request gets: an id that follows it, a log line when it ends, and closed browser features."""

import logging
import re
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.log import log_response
from django.utils.translation import gettext as _

from gradus.core import correlation, errors

log = logging.getLogger("gradus.request")
Handler = Callable[[HttpRequest], HttpResponse]

SANE_ID = re.compile(r"[A-Za-z0-9_.:-]{8,64}\Z")
SECRET_PARTS = frozenset({"key", "uidb36", "token", "secret", "signed"})
QUIET = ("/healthz", "/readyz", "/static/")


class RequestIdMiddleware:
    """Takes the X-Request-ID of a proxy of ours when it is sane, else makes one; answers with it either way."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        offered = request.headers.get("X-Request-ID", "") if settings.ALLAUTH_TRUSTED_PROXY_COUNT else ""
        with correlation.bind(offered if SANE_ID.match(offered) else "") as request_id:
            started = time.perf_counter()
            response = self.get_response(request)
            response["X-Request-ID"] = request_id
            if response.status_code >= 400:
                # Django would do so after us, without the id; it writes no response's line twice.
                words = ("%s: %s", response.reason_phrase, _safe_path(request))
                log_response(*words, response=response, request=request)
            if not request.path.startswith(QUIET):
                _write_line(request, response, time.perf_counter() - started)
            return response


def _write_line(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    path, status, milliseconds = _safe_path(request), response.status_code, round(seconds * 1000, 1)
    log.info(
        "%s %s %s in %s ms",
        request.method,
        path,
        status,
        milliseconds,
        extra={"method": request.method, "path": path, "status": status, "milliseconds": milliseconds},
    )


def _safe_path(request: HttpRequest) -> str:
    """The path without the secrets that links in mails carry in it."""
    path = request.path
    found = request.resolver_match.kwargs if request.resolver_match else {}
    for name in SECRET_PARTS & set(found):
        path = path.replace(str(found[name]), "…")
    return "".join(
        sign if sign.isprintable() else ascii(sign)[1:-1] for sign in path
    )  # a line break would begin a line


class ProblemMiddleware:
    """Under /api/ an error is problem+json, also where a library answers in its own words (405, say)."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(errors.API_PREFIX):
            return self.get_response(request)
        if _too_large(request):
            return errors.problem(413, _("The body is too large. Upload files one by one and send the rest in parts."))
        response = self.get_response(request)
        if response.status_code < 400:
            return response
        if response.headers.get("Content-Type") == errors.PROBLEM:
            return response
        said = errors.problem(response.status_code)
        for name, value in response.items():
            if not name.startswith("Content-"):
                said[name] = value
        return said


def _too_large(request: HttpRequest) -> bool:
    """What Django refuses to read; said here, as it has no answer of its own for it. Files have limits of their own."""
    most, stated = settings.DATA_UPLOAD_MAX_MEMORY_SIZE, request.META.get("CONTENT_LENGTH") or "0"
    multipart = request.content_type == "multipart/form-data"
    return most is not None and not multipart and stated.isdecimal() and int(stated) > most


class BrowserFeaturesMiddleware:
    """Says which features of the browser our pages never use, so that nothing injected may either."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        return response
