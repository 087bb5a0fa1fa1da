"""The Wagtail admin wears our colours and shares our components."""

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from wagtail import hooks
from wagtail.admin.ui.components import Component

from gradus.core.home import Tiles


@hooks.register("insert_global_admin_css")
def shared_design() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("gradus/css/admin.css"))


@hooks.register("construct_homepage_panels")
def tiles(request: HttpRequest, panels: list[Component]) -> None:
    panels.append(Tiles())
