"""The instructors' queue of requests."""

from collections.abc import Mapping
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from gradus.flow.errors import Text
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
    labels: ClassVar[Mapping[str, Text]] = {"text": _("Request"), "created_at": _("Filed")}
