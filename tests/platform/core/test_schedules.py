"""Work that comes round again has its row, and only its row."""

import pytest
from django_q.models import Schedule

from gradus.core import schedules

pytestmark = pytest.mark.django_db
SEND = "gradus.notify.tasks.send_due"


def test_every_round_of_every_app_is_in_the_schedulers_table() -> None:
    schedules.write()
    rows = dict(Schedule.objects.values_list("func", "minutes"))
    assert rows[SEND] == 1
    assert set(rows) == {each.func for each in schedules.rounds()}


def test_a_round_that_is_gone_loses_its_row_and_one_made_by_a_person_stays() -> None:
    Schedule.objects.create(name=f"{schedules.PREFIX}gone", func="gone")
    Schedule.objects.create(name="mine", func="mine")
    schedules.write()
    schedules.write()
    assert not Schedule.objects.filter(func="gone").exists()
    assert Schedule.objects.filter(func="mine").exists()
    assert Schedule.objects.filter(func=SEND).count() == 1
