"""Work that comes round again. An app says so in `AppConfig.ready`; the rows for the scheduler follow each migrate.

The scheduler wakes every 30 seconds, so a minute is the shortest period.
"""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models.signals import post_migrate
from django.utils.functional import Promise

from gradus.core.words import in_words

PREFIX = "gradus: "


@dataclass(frozen=True)
class Round:
    func: str
    minutes: int


_rounds: dict[str, Round] = {}
_names: dict[str, str | Promise] = {}


def every(minutes: int, func: str, name: str | Promise) -> None:
    """Run the function with this dotted path every so many minutes, as a task without arguments."""
    _rounds[func] = Round(func, minutes)
    call(func, name)


def call(func: str, name: str | Promise) -> None:
    """Give a task the name people read where tasks are listed."""
    _names[func] = name


def called(func: str) -> str:
    """What people call the task with this dotted path: its name, else the words of the function."""
    return str(_names.get(func) or in_words(func.rpartition(".")[2]))


def rounds() -> list[Round]:
    return sorted(_rounds.values(), key=lambda each: each.func)


def write(**kwargs: Any) -> None:
    """Make the scheduler's table say what the apps say; rows made by people are left alone."""
    schedules: Any = apps.get_model("django_q", "Schedule")
    schedules.objects.filter(name__startswith=PREFIX).exclude(func__in=_rounds).delete()
    for each in rounds():
        schedules.objects.update_or_create(
            name=PREFIX + each.func,
            defaults={"func": each.func, "schedule_type": schedules.MINUTES, "minutes": each.minutes, "repeats": -1},
        )


def connect() -> None:
    post_migrate.connect(write, sender=apps.get_app_config("django_q"), dispatch_uid="gradus.schedules")
