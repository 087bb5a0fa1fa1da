"""Whom editors keep pages to: Wagtail's view restrictions as part of a query, where Wagtail asks page by page.

A shared password is no part of it: it belongs to a browser, not to a person. The catalogue does not offer one.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from django.db.models import Q
from wagtail.models import Page, PageViewRestriction

from gradus.accounts.roles import actor_for

LOGIN, GROUPS = PageViewRestriction.LOGIN, PageViewRestriction.GROUPS


class Restriction(NamedTuple):
    """One restriction: the tree paths it closes (aliases are as closed as their source), and to whom it opens them."""

    paths: tuple[str, ...]
    kind: str
    groups: frozenset[int]

    def lets_in(self, user: Any, held: Collection[int]) -> bool:
        if user is None or self.kind not in (LOGIN, GROUPS):
            return False
        return self.kind == LOGIN or user.is_superuser or not self.groups.isdisjoint(held)


def restrictions() -> list[Restriction]:
    """Every restriction there is: an academy has few, if any, and reading them costs less than asking page by page.

    One query where there are none, else two.
    """
    rows = PageViewRestriction.objects.filter(page__alias_of__isnull=True)
    groups, about = defaultdict(set), {}
    for number, page, path, kind, group in rows.values_list("pk", "page", "page__path", "restriction_type", "groups"):
        about[number] = page, path, kind
        groups[number].add(group)
    aliases: dict[int, list[str]] = defaultdict(list)
    sources = {page for page, _path, _kind in about.values()}
    for source, path in Page.objects.filter(alias_of__in=sources).values_list("alias_of", "path"):
        aliases[source].append(path)
    return [
        Restriction((path, *aliases[page]), kind, frozenset(groups[number]))
        for number, (page, path, kind) in about.items()
    ]


def closed_to(who: Any, found: Collection[Restriction] | None = None) -> list[str]:
    """The tree paths below which this person may see nothing; `found` are the restrictions, if they have been read."""
    user = actor_for(who).user
    found = restrictions() if found is None else found
    by_group = user is not None and any(each.kind == GROUPS for each in found)
    held = set(user.groups.values_list("pk", flat=True)) if user and by_group else set()
    return sorted({path for each in found if not each.lets_in(user, held) for path in each.paths})


def visible_to(who: Any, prefix: str = "") -> Q:
    """For pages, or with `prefix` for what hangs on one (`course__`): everything but what is closed to them."""
    return _outside(closed_to(who), prefix)


def visible_below(page: Any, who: Any) -> Q:
    """For the pages below one they see: its own restrictions have been asked about."""
    return _outside(path for path in closed_to(who, page.restrictions) if len(path) > len(page.path))


def _outside(paths: Iterable[str], prefix: str = "") -> Q:
    outside = Q()
    for path in paths:
        outside &= ~Q(**{f"{prefix}path__startswith": path})
    return outside


def is_visible(page: Any, who: Any) -> bool:
    """The same for one page, which keeps the restrictions it has read."""
    return not page.path.startswith(tuple(closed_to(who, page.restrictions)))
