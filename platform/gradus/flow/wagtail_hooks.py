"""Puts every app's workbench into the admin."""

from django.http import HttpRequest
from django.utils.translation import gettext as _
from wagtail import hooks

from gradus.core.home import Tile
from gradus.flow.workbench import Workbench, workbenches


@hooks.register("register_admin_viewset")
def register_workbenches() -> list[Workbench]:
    return workbenches()


@hooks.register("gradus_home_tiles")
def waiting(request: HttpRequest) -> list[Tile]:
    """What waits for this person in each workflow they may see: the numbers the menu has counted."""
    benches = [bench for bench in workbenches() if bench.waits and bench.may_enter(request.user)]
    return [_tile(bench, bench.waiting_count(request)) for bench in benches]


def _tile(bench: Workbench, count: str) -> Tile:
    note = _("Nothing waits for you.") if count == "0" else _("wait for you")
    return Tile(bench.menu_label, bench.index_path, count, note, order=bench.menu_order // 10, urgent=count != "0")
