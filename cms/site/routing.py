"""Finding a page by its whole address in one query, where Wagtail asks twice for each part of it."""

from django.http import HttpRequest
from wagtail.models import Page
from wagtail.url_routing import RouteResult


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
