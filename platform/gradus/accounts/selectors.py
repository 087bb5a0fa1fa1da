"""Reads about people."""

from typing import Any

from django.db.models import QuerySet

from gradus.accounts.models import User
from gradus.accounts.roles import STAFF, Role, actor_for


def staff() -> QuerySet[User]:
    """Everybody who works here, by name; also who does no longer, because their work is still there to be found."""
    return User.objects.filter(groups__name__in=STAFF).distinct().order_by("display_name", "pk")


def people_visible_to(who: Any) -> QuerySet[User]:
    """Signed-in people see each other's pages; guests see those of instructors, whom courses name."""
    people = User.objects.filter(is_active=True)
    if actor_for(who).role is Role.GUEST:
        return people.filter(groups__name=Role.INSTRUCTOR.value)
    return people
