"""Where analytics stands in the admin: its addresses, and an entry in the menu of those who may read it."""

from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, include, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from analytics.access import may_read
from gradus.accounts import sections

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
