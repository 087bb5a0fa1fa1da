"""Where analytics stands in the admin: its addresses, and an entry in the menu of those who may read it."""

from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, include, path, reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from analytics.access import may_read
from gradus.accounts import sections
from gradus.core.home import Tile

sections.own("analytics/")  # each page asks `may_read` and says in its own words why not


class AnalyticsMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may_read(request)


@hooks.register("register_admin_urls")
def addresses() -> list[URLPattern | URLResolver]:
    return [path("analytics/", include("analytics.dashboards.urls"))]


@hooks.register("register_admin_menu_item")
def menu_item() -> MenuItem:
    return AnalyticsMenuItem(
        _("Analytics"), reverse_lazy("analytics:learn_rate"), name="analytics", icon_name="order", order=300
    )


@hooks.register("gradus_home_tiles")
def tiles(request: HttpRequest) -> list[Tile]:
    """Without a figure: counting one takes as long as the page that shows them all."""
    if not may_read(request):
        return []
    note = _("How much of the courses has been taken in, by course, over time and over students.")
    return [Tile(_("Learn rate"), reverse("analytics:learn_rate"), note=note, order=60)]
