"""Whom editors keep pages to: Wagtail's view restrictions as part of a query, where Wagtail asks page by page.

A shared password is no part of it: it belongs to a browser, not to a person. The catalogue does not offer one.
"""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from wagtail.models import Page, PageViewRestriction

from gradus.accounts.roles import actor_for

LOGIN, GROUPS = PageViewRestriction.LOGIN, PageViewRestriction.GROUPS


def refusing(who: Any) -> QuerySet[PageViewRestriction]:
    """The restrictions that do not let this person in."""
    user = actor_for(who).user
    restrictions: QuerySet[PageViewRestriction] = PageViewRestriction.objects.all()
    if user is None:
        return restrictions
    of_groups = Q() if user.is_superuser else Q(groups__in=user.groups.all())
    accepting = restrictions.filter(Q(restriction_type=LOGIN) | Q(of_groups, restriction_type=GROUPS))
    refused: QuerySet[PageViewRestriction] = restrictions.exclude(pk__in=accepting.values("pk"))
    return refused


def closed_to(who: Any) -> list[str]:
    """The tree paths below which this person may see nothing, in one query; an alias is as closed as its source."""
    restrictions = refusing(who)
    own = Q(alias_of__isnull=True, view_restrictions__in=restrictions)
    closed = Page.objects.filter(own | Q(alias_of__view_restrictions__in=restrictions)).order_by("path")
    return list(closed.values_list("path", flat=True).distinct())


def visible_to(who: Any, prefix: str = "") -> Q:
    """For pages, or with `prefix` for what hangs on one (`course__`): everything but what is closed to them."""
    visible = Q()
    for path in closed_to(who):
        visible &= ~Q(**{f"{prefix}path__startswith": path})
    return visible


def visible_below(who: Any) -> Q:
    """For the pages right below one they see, as part of the same query."""
    itself = Coalesce(OuterRef("alias_of"), OuterRef("pk"))
    return Q(~Exists(refusing(who).filter(page=itself)))


def is_visible(page: Any, who: Any) -> bool:
    """The same for one page, whose restrictions Wagtail mostly has read already."""
    return not page.get_view_restrictions() or not page.path.startswith(tuple(closed_to(who)))
