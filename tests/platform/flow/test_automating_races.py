"""Workers at the same matches at once, and one that dies half-way: what happens in our database happens once."""

import os
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from gradus import flow
from gradus.accounts.models import User
from gradus.flow.automating import running, tasks
from gradus.flow.models import AutomationRun
from tests.platform.flow.mill.models import Order
from tests.platform.flow.test_automating import LAPSE, Automate, automate
from tests.platform.flow.test_races import at_once

__all__ = ["automate"]

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("connections")]
LATER = timedelta(days=3)


def test_eight_workers_act_once_on_each(automate: Automate, student: User) -> None:
    orders = [
        flow.create(Order, "order", by=student, kind="flour", title=f"No. {number}", bags=1) for number in range(5)
    ]
    automate(LAPSE)
    made = at_once([lambda: tasks.run_due(timezone.now() + LATER)] * 8)
    assert sum(made) == len(orders)
    assert Counter(AutomationRun.objects.values_list("outcome", flat=True)) == {"acted": 5}
    for order in orders:
        assert flow.history(order).done().filter(transition="lapse").count() == 1


@pytest.mark.parametrize("step", ["_first", "perform"])
def test_a_worker_killed_half_way_leaves_nothing_half_done(automate: Automate, order: Order, step: str) -> None:
    automate(LAPSE)
    connections.close_all()
    child = os.fork()
    if child == 0:
        _die_after(step)
        tasks.run_due(timezone.now() + LATER)
        os._exit(0)
    _child, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 9
    assert (Order.objects.get().state, AutomationRun.objects.count()) == ("ordered", 0)
    assert tasks.run_due(timezone.now() + LATER) == 1
    assert Order.objects.get().state == "rejected"


def _die_after(name: str) -> None:
    step = getattr(running, name)

    def last(*args: object) -> None:
        step(*args)
        os._exit(9)

    setattr(running, name, last)
