"""What editors have begun and not published, on the first page of the back office."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from wagtail.admin.ui.components import Component
from wagtail.models import Page
from wagtail.permissions import page_permission_policy

from gradus.accounts.models import User

SHOWN = 8


def drafts(who: User) -> QuerySet[Page]:
    """The pages this editor may change that hold something nobody sees yet, the latest first."""
    theirs = page_permission_policy.instances_user_has_permission_for(who, "change")
    waiting: QuerySet[Page] = theirs.filter(has_unpublished_changes=True)
    return waiting.select_related("latest_revision__user").order_by("-latest_revision_created_at", "pk")


class Drafts(Component):
    name = "gradus_drafts"
    order = 20  # after the tiles, before Wagtail's own
    template_name = "site/drafts.html"

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        request: HttpRequest = (parent_context or {})["request"]
        found = list(drafts(request.user)[: SHOWN + 1])  # type: ignore[arg-type]
        return {"pages": found[:SHOWN], "more": len(found) > SHOWN}
