"""What books may do to the object itself."""

from typing import Any

from gradus.accounts.roles import SYSTEM
from gradus.flow.events import Event
from gradus.flow.protocol import apply
from gradus.policy.actions import action


@action("apply")
def make(event: Event, target: str, *, note: str = "") -> None:
    """Make this transition, as the role system: it needs a row of its own, and limits hold."""
    said: dict[str, Any] = {"note": note} if note else {}
    apply(event.object, target, by=SYSTEM, **said)
