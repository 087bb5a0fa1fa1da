"""Finding the page of an address, in fewer questions than Wagtail asks."""

import time
from collections.abc import Callable
from copy import copy
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from wagtail.models import Page, Site
from wagtail.url_routing import RouteResult

KEPT_BY_WAGTAIL = "_wagtail_site"  # where `Site.find_for_request` looks first


class KeptSites:
    """Middleware: which site an address belongs to is asked every few seconds, where Wagtail asks for every page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.SITE_SECONDS:
            kept = _site(request.get_host(), request.get_port(), lapse())
            setattr(request, KEPT_BY_WAGTAIL, _own(kept))
        return self.get_response(request)


def lapse() -> int:
    """The number of the stretch of time in which a kept site is good."""
    return int(time.monotonic() / settings.SITE_SECONDS)


@lru_cache(maxsize=64)
def _site(host: str, port: str, _lapse: int) -> Site | None:
    request = HttpRequest()
    request.META = {"HTTP_HOST": host, "SERVER_PORT": port}
    return Site.find_for_request(request)


def _own(kept: Site | None) -> Site | None:
    """A copy for one request: what a page notes on itself stays with its request."""
    if kept is None:
        return None
    site = copy(kept)
    site.root_page = copy(kept.root_page)
    return site


def forget_sites(**_signal: object) -> None:
    """For this process: one was changed."""
    _site.cache_clear()


def find(root: Page, components: list[str]) -> RouteResult | None:
    """The live page at this address below `root`; None leaves the search to Wagtail's own way."""
    url_path = f"{root.url_path}{'/'.join(components)}/"
    page = Page.objects.filter(url_path=url_path).specific().first()
    return RouteResult(page) if page is not None and page.live else None


class RootedPage:
    """For the page at the top of a site: pages with routes of their own are still asked by Wagtail."""

    def route(self, request: HttpRequest, path_components: list[str]) -> RouteResult:
        found = find(self, path_components) if path_components else None
        return found or super().route(request, path_components)  # type: ignore[misc]
