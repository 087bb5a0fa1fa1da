"""Reads about people."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from gradus.accounts.models import User, Visibility
from gradus.accounts.roles import STAFF, Role, actor_for


def staff(roles: Iterable[Role] = STAFF) -> QuerySet[User]:
    """Who works here in these roles, by name; also who does no longer: their work is still there to be found."""
    return User.objects.filter(groups__name__in=list(roles)).distinct().order_by("display_name", "pk")


# What naming somebody takes.
NAMING = frozenset({"id", "display_name", "email"})


def unnamed(*paths: str) -> list[str]:
    """What to leave out of people who are only named: `found.select_related("author").defer(*unnamed("author"))`."""
    rest = [field.name for field in User._meta.concrete_fields if field.name not in NAMING]
    return [f"{path}__{name}" for path in paths for name in rest]


def people_visible_to(who: Any) -> QuerySet[User]:
    """Whose pages somebody may open: the team everybody's; others their own, the team's and those opened to members.

    Guests, and people without a role, see instructors, whom courses name.
    """
    people, actor = User.objects.filter(is_active=True), actor_for(who)
    if actor.role in STAFF:
        return people
    own = Q(pk=actor.id)
    if actor.role is Role.GUEST:
        return people.filter(own | Q(pk__in=_holding([Role.INSTRUCTOR])))
    team = Q(is_superuser=True) | Q(pk__in=_holding(STAFF))
    return people.filter(own | team | Q(visible_to=Visibility.MEMBERS))


def _holding(roles: Iterable[Role]) -> QuerySet[User, int]:
    return User.objects.filter(groups__name__in=[role.value for role in roles]).values_list("pk", flat=True)
