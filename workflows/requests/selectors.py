"""Reads: what a student sees of their requests."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from gradus import flow, policy
from gradus.accounts.models import User
from gradus.accounts.selectors import unnamed
from gradus.flow.errors import Text
from workflows.requests.models import Request

SHOWN = ("open", "closed", "all")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of request as people choose it; `reasons` say why it cannot be filed now."""

    name: str
    title: Text
    help: Text
    allowed: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asked the author, and the transition that answers it."""

    title: str
    note: str
    answer: str


def question_to(user: Any, found: Request) -> Question | None:
    """What this person is asked about their request: a note it came back with, while it waits for theirs."""
    answer = next(_answers(user, found), None) if found.author_id == user.pk else None
    if answer is None:
        return None
    asked = flow.history(found).done().filter(target=found.state).exclude(note="").last()
    if asked is None or asked.actor_id == user.pk:
        return None
    return Question(_("%(who)s asks you") % {"who": asked.actor or _("Your reviewer")}, asked.note, answer)


def _answers(user: Any, found: Request) -> Iterator[str]:
    """Transitions that wait for this person and ask for a note."""
    for move in flow.machine(found).moves.values():
        asks = found.state in move.sources and move.waiting and "note" in move.params
        if asks and move.params["note"].required and policy.decide(user, move.name, found).allowed:
            yield move.name


def filed_by(user: User, shown: str = "all") -> QuerySet[Request]:
    """The requests this person filed and may view in the role they act in, newest first.

    Open is whatever its kind can still move, whichever states it has.
    """
    mine = Request.objects.visible_to(user).filter(author=user).select_related("claimed_by")
    mine = mine.defer("text", *unnamed("claimed_by"))
    if shown == "all":
        return mine
    still_open = flow.still_open(Request)
    return mine.filter(still_open) if shown == "open" else mine.exclude(still_open)


def kinds_for(user: Any) -> list[Kind]:
    """Every kind there is, and whether this person may file it."""
    offers = {offer.kind: offer for offer in flow.creations(Request, user)}
    return [
        Kind(machine.kind, machine.title, machine.help, offer.allowed, tuple(offer.reasons))
        for machine in flow.newest_of_each(Request)
        if (offer := offers.get(machine.kind)) is not None
    ]
