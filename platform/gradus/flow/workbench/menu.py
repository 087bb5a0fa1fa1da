"""A workflow's menu entry, with the number of things waiting for the person who looks."""

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.urls import reverse
from wagtail.admin.menu import MenuItem

if TYPE_CHECKING:
    from gradus.flow.workbench.viewset import Workbench


class WorkbenchMenuItem(MenuItem):
    def __init__(self, bench: "Workbench", *, order: int) -> None:
        self.bench = bench
        super().__init__(bench.menu_label, "", name=bench.url_namespace, icon_name=bench.icon, order=order)

    def is_shown(self, request: HttpRequest) -> bool:
        return self.bench.may_enter(request.user)

    def render_component(self, request: HttpRequest) -> Any:
        self.url = reverse(self.bench.get_url_name("index"))
        component = super().render_component(request)
        component.label = self.bench.counted_label(request)  # anew each time: the entry is kept for all readers
        return component
