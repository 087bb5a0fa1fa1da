"""Run as a process of its own: `python -m tests.platform.flow.processes kill|prepare|work ...`.

`kill ORDER PERSON` forks a child for each step of the protocol, which dies right after it. `prepare` makes the tables,
a miller and a stone in an empty database; `work TIMES` then sets up stones and oils them as fast as it can.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

DIED = 9
STEPS = ("lock", "read", "check_plan", "decide", "run", "save", "write", "follow")


def main(job: str, *arguments: str) -> None:
    django.setup()
    from gradus import policy

    with policy.using(policy.load(Path(__file__).parent / "rules")):
        {"kill": kill, "prepare": prepare, "work": work}[job](*map(int, arguments))


def kill(order: int, person: int) -> None:
    """Print the steps after which a child died, one per line."""
    for step in STEPS:
        child = os.fork()
        if child == 0:
            die_after(step)
            apply(order, person)
            os._exit(0)
        _child, status = os.waitpid(child, 0)
        sys.stdout.write(f"{step} {os.waitstatus_to_exitcode(status)}\n")


def die_after(step: str) -> None:
    from gradus.flow import protocol
    from gradus.flow.units import Unit

    place: Any = Unit if step == "lock" else protocol
    setattr(place, step, dying(getattr(place, step)))


def dying(step: Callable[..., Any]) -> Callable[..., Any]:
    def last(*args: Any, **kwargs: Any) -> None:
        step(*args, **kwargs)
        os._exit(DIED)

    return last


def apply(order: int, person: int) -> None:
    from gradus import flow
    from gradus.accounts.models import User
    from tests.platform.flow.mill.models import Order

    flow.apply(Order.objects.get(pk=order), "approve", by=User.objects.get(pk=person), note="Gladly")


def prepare() -> None:
    from django.apps import apps
    from django.contrib.auth.models import Group
    from django.db import connection

    from gradus import flow
    from gradus.accounts.models import User
    from tests.platform.flow.mill.models import Mill, Stone

    with connection.schema_editor() as editor:
        for label in ("contenttypes", "auth", "accounts", "flow", "notify", "mill", "django_q"):
            for model in apps.get_app_config(label).get_models():
                if not model._meta.proxy:
                    editor.create_model(model)
    person = User.objects.create_user("ada@example.com", display_name="Ada")
    person.groups.add(Group.objects.create(name="student"))
    flow.create(Stone, "set_up", by=person, mill=Mill.objects.create(name="Upper mill", owner=person))


def work(times: int) -> None:
    from gradus import flow
    from gradus.accounts.models import User
    from tests.platform.flow.mill.models import Mill, Stone

    who, mill = User.objects.get(), Mill.objects.get()
    shared = Stone.objects.earliest("pk")
    for _ in range(times):
        stone = flow.create(Stone, "set_up", by=who, mill=mill)
        flow.apply(stone, "oil", by=who)
        flow.apply(shared, "oil", by=who)


if __name__ == "__main__":
    main(*sys.argv[1:])
