"""Everything one person may do now in one role, over all processes, and why not the rest."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext as _

from gradus import flow, policy
from gradus.accounts.roles import Actor, Role
from gradus.flow.models import Stateful
from gradus.flow.offering import Offer
from gradus.flow.queues import in_words
from gradus.flow.registry import NEWER
from gradus.policy.books import Book, Right, TransitionRule
from gradus.policy.ruleset import move_of
from gradus.policy.words import no_row
from gradus.rulebook.seeing import processes
from gradus.rulebook.seeing.asked import Asked
from gradus.rulebook.seeing.reach import Reach
from gradus.rulebook.seeing.tables import Words, row_words

ABSENT = Words()


@dataclass(frozen=True, slots=True)
class May:
    """One transition or right of a process, as far as this person may use it now.

    `count` is of objects, up to the cap; `needs` what the row asks, `why` why there is none.
    """

    name: str
    label: str
    count: str = "0"
    needs: Words = ABSENT
    why: str = ""
    examples: tuple[models.Model, ...] = ()
    creates: bool = False

    @property
    def some(self) -> bool:
        return self.count != "0"


@dataclass(frozen=True, slots=True)
class Of:
    """One process: what they may do now, and what not."""

    book: Book
    title: str
    label: str  # of the model, for addresses
    may: tuple[May, ...]
    may_not: tuple[May, ...]


def all_of(asked: Asked) -> list[Of]:
    """Process by process. Each rule that has a row for the role costs one query, whatever the size of the table.

    Examples are only what the one who looks may view; the counts are of all objects.
    """
    there = Reach(asked)
    return [_of(book, asked, there) for book in policy.active().books]


def _of(book: Book, asked: Asked, there: Reach) -> Of:
    rules = [*book.transitions.values(), *book.permissions.values()]
    made = [each for rule in rules for each in _made(book, rule, asked, there)]
    return Of(
        book,
        processes.title_of(book),
        book.model._meta.label_lower,
        tuple(each for each in made if each.some),
        tuple(each for each in made if not each.some),
    )


def _made(book: Book, rule: Right, asked: Asked, there: Reach) -> Iterable[May]:
    """A transition that creates, and changes as well, is two things."""
    label, row = processes.label_of(book, rule), rule.rows.get(asked.actor.role)
    if row is None:
        return [May(rule.name, label, why=no_row(rule))]
    move = move_of(book, rule)
    creation = [_creation(book, rule, label, asked.actor)] if move is not None and "" in move.sources else []
    if creation and move is not None and move.sources == {""}:
        return creation
    return [*creation, _changing(book, rule, label, asked, there)]


def _creation(book: Book, rule: Right, label: str, actor: Actor) -> May:
    needs = row_words(rule, actor.role)
    if policy.active().superseded(book):
        return May(rule.name, label, "0", needs, str(NEWER), creates=True)
    offers = flow.creations(book.model, actor) if issubclass(book.model, Stateful) else []
    offer: Offer | None = next((one for one in offers if (one.kind, one.name) == (book.kind, rule.name)), None)
    allowed = offer is not None and offer.allowed
    why = " ".join(offer.reasons) if offer else _("Nobody may do this.")
    return May(rule.name, label, "1" if allowed else "0", needs, "" if allowed else why, creates=True)


def _changing(book: Book, rule: Right, label: str, asked: Asked, there: Reach) -> May:
    needs = row_words(rule, asked.actor.role)
    found = there.of(book, rule.name)
    if found is None:
        return May(rule.name, label, needs=needs, why=_never(asked.actor))
    if not found.number:
        moves = isinstance(rule, TransitionRule)
        why = _("Nothing is there for it now.") if moves else _("There is nothing it holds for now.")
        return May(rule.name, label, needs=needs, why=why)
    return May(rule.name, label, in_words(found.number), needs, examples=tuple(there.examples(book, found)))


def _never(actor: Actor) -> str:
    if actor.role is Role.SYSTEM:
        return _("The rule never holds for the platform itself.")
    return _("The rule never holds for this person.")
