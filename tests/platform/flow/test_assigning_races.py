"""Workers that assign at once: everybody has equally many, and nothing is assigned twice."""

from collections import Counter

import pytest
from django.utils import timezone

from gradus import flow
from gradus.accounts.roles import Role
from gradus.flow.automating import tasks
from gradus.flow.models import AutomationRun
from tests.conftest import MakePerson
from tests.platform.flow.mill.models import Order
from tests.platform.flow.test_assigning import LATER, LEAST, ROUND
from tests.platform.flow.test_automating import Automate, automate
from tests.platform.flow.test_races import at_once

__all__ = ["automate"]

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("connections")]


@pytest.mark.parametrize("how", [ROUND, LEAST], ids=["round robin", "least loaded"])
def test_eight_workers_spread_twenty_evenly(automate: Automate, make_person: MakePerson, how: str) -> None:
    millers = [make_person(f"Miller{number}", Role.INSTRUCTOR) for number in range(5)]
    for number in range(20):
        author = make_person(f"Student{number}", Role.STUDENT)
        flow.create(Order, "order", by=author, kind="flour", title=f"No. {number}", bags=1)
    automate(how)
    made = at_once([lambda: tasks.run_due(timezone.now() + LATER)] * 8)
    assert sum(made) == 20
    assert Counter(AutomationRun.objects.values_list("outcome", flat=True)) == {"acted": 20}
    assert Counter(Order.objects.values_list("claimed_by_id", flat=True)) == {each.pk: 4 for each in millers}
    for order in Order.objects.all():
        assert flow.history(order).done().count() == order.version == 2
