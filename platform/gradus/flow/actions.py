"""What books may do to the object itself."""

from collections.abc import Iterable
from typing import Any

from django.db import models

from gradus.accounts.roles import SYSTEM, Role
from gradus.flow import assigning, protocol
from gradus.flow.events import Event
from gradus.flow.models import Stateful
from gradus.flow.registry import machine
from gradus.policy.actions import ActionCall, action
from gradus.policy.books import Book
from gradus.policy.errors import RuleError, nearest, phrase


def check_apply(book: Book, call: ActionCall) -> None:
    """Raise RuleError unless the platform itself may make this transition."""
    name = call.target
    if name not in book.transitions:
        raise RuleError(phrase("“{}” is not a transition{}", name, nearest(name, book.transitions)))
    if Role.SYSTEM not in book.transitions[name].rows:
        raise RuleError(
            phrase("{} has no row for system, so nothing makes it by itself; give it system = “always”", name)
        )


def locked_by_apply(obj: Stateful, call: ActionCall) -> Iterable[models.Model]:
    return protocol.plan(obj, machine(obj).move(call.target), SYSTEM, {})


@action("apply", check=check_apply, locks=locked_by_apply)
def make(event: Event, target: str, *, note: str = "") -> None:
    """Make this transition, as the role system: it needs a row of its own, and limits hold."""
    said: dict[str, Any] = {"note": note} if note else {}
    event.look_again(protocol.apply(event.object, target, by=SYSTEM, **said))


@action("assign", check=assigning.check, locks=assigning.locked)
def assign(event: Event, target: str, *, to: str, role: str = "") -> None:
    """Put a person into this field: the one with the e-mail address `to`, or one of those with the `role`.

    `to = "least loaded"` takes who has the fewest of these things that are still open, `to = "round robin"` who comes
    next. Never who is inactive, has not the role, may not view the thing, created it, or has it already.
    """
    event.look_again(assigning.assign(event.object, target, to=to, role=role))
