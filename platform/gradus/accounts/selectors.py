"""Reads about people."""

from typing import Any

from django.db.models import QuerySet

from gradus.accounts.models import User
from gradus.accounts.roles import Role, actor_for


def people_visible_to(who: Any) -> QuerySet[User]:
    """Signed-in people see each other's pages; guests see those of instructors, whom courses name."""
    people = User.objects.filter(is_active=True)
    if actor_for(who).role is Role.GUEST:
        return people.filter(groups__name=Role.INSTRUCTOR.value)
    return people
