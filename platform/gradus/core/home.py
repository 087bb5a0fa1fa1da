"""The first page of the back office: what each app has to say there to whoever opens it.

An app registers the Wagtail hook `gradus_home_tiles` with a function of the request that gives tiles.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise
from wagtail import hooks
from wagtail.admin.ui.components import Component

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure and where it leads; `urgent` when somebody should look."""

    label: Words
    url: str
    value: str = ""
    note: Words = ""
    order: int = 50
    urgent: bool = False


class Tiles(Component):
    """Ahead of Wagtail's own panels."""

    name = "gradus_tiles"
    order = 10
    template_name = "gradus/admin/tiles.html"

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        request: HttpRequest = (parent_context or {})["request"]
        found = [tile for hook in hooks.get_hooks("gradus_home_tiles") for tile in hook(request)]
        return {"tiles": sorted(found, key=lambda tile: tile.order)}
