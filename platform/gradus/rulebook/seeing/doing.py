"""What a rule does when it acts, in people's words."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from gradus.core.words import in_words
from gradus.policy.actions import ActionCall
from gradus.policy.books import Book
from gradus.policy.words import ROLES, inside, quoted
from gradus.rulebook.seeing import processes

ROLE = "role:"


def transition_text(book: Book, name: str) -> str:
    rule = book.transitions.get(name)
    return processes.label_of(book, rule) if rule else in_words(name)


@dataclass(frozen=True, slots=True)
class Deed:
    """What is done, in words, and what the book gives with it as it is written: a template, say."""

    words: str
    given: str = ""

    def __str__(self) -> str:
        return f"{self.words} {self.given}".strip()


def deed(book: Book, call: ActionCall) -> Deed:
    """“tell the author”, with `requests/waiting`; an action we know no words for is only as it is written."""
    given = ", ".join(str(value) for value in call.params.values())
    match call.action:
        case "notify":
            return Deed(_("tell %(whom)s") % {"whom": _whom(book, call.target)}, given)
        case "apply":
            return Deed(_("make the transition %(what)s") % {"what": quoted(transition_text(book, call.target))}, given)
        case "assign":
            return Deed(_("assign: %(field)s") % {"field": _field(book, call.target)}, given)
        case "webhook":
            return Deed(_("send it to the endpoint %(name)s") % {"name": quoted(call.target)}, given)
    return Deed("", f"{call.action} → {call.target}" + (f" ({given})" if given else ""))


def _whom(book: Book, target: str) -> str:
    role = next((role for role in ROLES if f"{ROLE}{role.value}" == target), None)
    return str(ROLES[role]) if role else _("the %(field)s") % {"field": _field(book, target)}


def _field(book: Book, name: str) -> str:
    field = book.fields.get(name)
    return inside(field.label) if field and field.label else in_words(name)
