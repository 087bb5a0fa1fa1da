"""What books may send outside."""

import re

from gradus.flow.events import Event
from gradus.outgoing import services
from gradus.outgoing.models import NAME
from gradus.policy.actions import ActionCall, action
from gradus.policy.books import Book
from gradus.policy.errors import RuleError, phrase

WEBHOOK = "webhook"
TYPE = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*")


def check(_book: Book, call: ActionCall) -> None:
    """Raise RuleError for what cannot be a name or a type. Which endpoints there are, only the database knows."""
    if not re.fullmatch(NAME, call.target):
        raise RuleError(phrase("“{}” is not the name of an endpoint: small letters, digits, - and _", call.target))
    its_type = call.params.get("type", "")
    if its_type and not TYPE.fullmatch(its_type):
        raise RuleError(phrase("type = “{}”: write it like “request.approved”", its_type))


@action(WEBHOOK, check=check)
def send(event: Event, target: str, *, type: str = "") -> None:  # noqa: A002
    """Send the event to the endpoint of this name, signed: ids and the states before and after, nothing else.

    `type` is what the receiver reads it as; left out, it is like "requests.refund.approve".
    """
    services.queue(event, name=target, type=type)
