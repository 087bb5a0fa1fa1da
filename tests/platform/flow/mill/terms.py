from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from gradus.policy.clocks import clock
from tests.platform.flow.mill.models import Closure


@clock("mill.Order")
def opening_hours(of: Callable[[str], Any]) -> QuerySet[Closure]:
    """Only while the mill is open for whoever ordered."""
    return Closure.objects.filter(customer=of("author_id"))


@clock("mill.Order", name="reviewing")
def absences(of: Callable[[str], Any]) -> QuerySet[Closure]:
    """Only while whoever has claimed it is there."""
    return Closure.objects.filter(customer=of("claimed_by_id"))
