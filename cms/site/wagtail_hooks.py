"""What Wagtail asks before it serves a page."""

from typing import Any

from django.http import Http404, HttpRequest
from wagtail import hooks
from wagtail.admin.ui.components import Component
from wagtail.models import Page, PageViewRestriction

from cms.site.drafts import Drafts
from gradus.accounts.roles import Role, actor_for


@hooks.register("before_serve_page")
def not_found_for_others(page: Page, request: HttpRequest, _args: Any, _kwargs: Any) -> None:
    """Wagtail asks people outside a page's groups to sign in, who have: for them the page is not there."""
    if not request.user.is_authenticated:
        return
    for restriction in page.get_view_restrictions():
        if restriction.restriction_type == PageViewRestriction.GROUPS and not restriction.accept_request(request):
            raise Http404


@hooks.register("construct_homepage_panels")
def drafts(request: HttpRequest, panels: list[Component]) -> None:
    if actor_for(request.user).role is Role.EDITOR:
        panels.append(Drafts())
