"""Pages that are the same for every guest are rendered once a minute, or once after every edit.

A stored page is known by its address and by the newest entry of Wagtail's logs: publishing, unpublishing, moving or
deleting anything, and editing a snippet, writes one, in whatever process, so a page that was edited is never shown
in its old form. What leaves no entry (a person's new name) shows when the page's minute is over.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import get_language
from wagtail.models import ModelLogEntry, PageLogEntry, Site

from cms.site.privacy import closed_to

PARAMETERS = frozenset({"topic", "level", "page"})
PERSONAL = (settings.SESSION_COOKIE_NAME, "messages")
PARTS = ("course-results",)  # what pages answer alone; whatever else a guest names gets the whole page
MARK = "same_for_guests"


def mark(response: HttpResponseBase) -> None:
    """Say that a page depends on nothing but its address and what editors wrote."""
    setattr(response, MARK, True)


def is_guest(request: HttpRequest) -> bool:
    """Somebody who brings nothing that could make a page theirs."""
    personal = any(name in request.COOKIES for name in PERSONAL) or "Authorization" in request.headers
    return request.method == "GET" and not personal and PARAMETERS.issuperset(request.GET)


def edition() -> str:
    """Changes with every edit, in any process."""
    return f"{_newest(PageLogEntry)}.{_newest(ModelLogEntry)}"


def edition_for(request: HttpRequest) -> str:
    """The same for all readers who may see the same pages, in the same words, since the latest edit."""
    closed = ",".join(closed_to(request.user))
    site = Site.find_for_request(request)
    return f"{edition()}:{get_language()}:{site and site.pk}:{closed}"


def _newest(model: Any) -> int:
    return model.objects.aggregate(newest=Max("pk"))["newest"] or 0


def _key(request: HttpRequest) -> str:
    target = request.headers.get("HX-Target", "")
    part = next((part for part in PARTS if target.endswith(part)), "")
    return f"guests:{edition()}:{get_language()}:{part}:{request.build_absolute_uri()}"


class GuestPages:
    """Middleware: answers guests from the cache, and keeps what was marked."""

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        seconds = settings.GUEST_PAGE_SECONDS
        if not seconds or not is_guest(request) or request.path.startswith("/admin/"):
            own: HttpResponseBase = self.get_response(request)
            return own
        key = _key(request)
        kept = cache.get(key)
        if kept is not None:
            return HttpResponse(kept[0], headers=kept[1])
        response: HttpResponseBase = self.get_response(request)
        if isinstance(response, HttpResponse) and _keepable(request, response):
            cache.set(key, (response.content, dict(response.items())), seconds)
        return response


def _keepable(request: HttpRequest, response: Any) -> bool:
    """A nonce or a form's token is for one reader only."""
    tied = getattr(request, "_csp_nonce", None) or request.META.get("CSRF_COOKIE_NEEDS_UPDATE")
    return bool(getattr(response, MARK, False) and response.status_code == 200 and not tied and not response.cookies)
