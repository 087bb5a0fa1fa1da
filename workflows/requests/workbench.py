"""The instructors' queue of requests."""

from gradus.flow.workbench import Workbench, register
from workflows.requests.models import Request


@register
class RequestWorkbench(Workbench):
    model = Request
    icon = "mail"
    menu_order = 100
    columns = ("title", "author", "claimed_by")
    details = ("title", "author", "claimed_by", "text")
    search = ("title", "text", "author__display_name", "author__email")
    filters = ("claimed_by",)
    exports = ("title", "author", "claimed_by", "text")
