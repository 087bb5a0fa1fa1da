"""What books may do to the object itself."""

from typing import Any

from gradus.accounts.roles import SYSTEM, Role
from gradus.flow.events import Event
from gradus.flow.protocol import apply
from gradus.policy.actions import action
from gradus.policy.books import Book
from gradus.policy.errors import RuleError, nearest


def check_target(book: Book, name: str) -> None:
    """Raise RuleError unless the platform itself may make this transition."""
    if name not in book.transitions:
        raise RuleError(f"“{name}” is not a transition{nearest(name, book.transitions)}")
    if Role.SYSTEM not in book.transitions[name].rows:
        raise RuleError(f"{name} has no row for system, so nothing makes it by itself; give it system = “always”")


@action("apply", check=check_target)
def make(event: Event, target: str, *, note: str = "") -> None:
    """Make this transition, as the role system: it needs a row of its own, and limits hold."""
    said: dict[str, Any] = {"note": note} if note else {}
    apply(event.object, target, by=SYSTEM, **said)
