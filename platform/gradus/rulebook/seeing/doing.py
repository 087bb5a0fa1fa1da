"""What a rule does when it acts, in people's words."""

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


def action_text(book: Book, call: ActionCall) -> str:
    """“tell the author (requests/waiting)”; an action we know no words for is said as it is written."""
    given = ", ".join(str(value) for value in call.params.values())
    match call.action:
        case "notify":
            text = _("tell %(whom)s") % {"whom": _whom(book, call.target)}
        case "apply":
            text = _("make the transition %(what)s") % {"what": quoted(transition_text(book, call.target))}
        case "assign":
            text = _("assign: %(field)s") % {"field": _field(book, call.target)}
        case "webhook":
            text = _("send it to the endpoint %(name)s") % {"name": quoted(call.target)}
        case _:
            text = f"{call.action} → {call.target}"
    return f"{text} ({given})" if given else text


def _whom(book: Book, target: str) -> str:
    role = next((role for role in ROLES if f"{ROLE}{role.value}" == target), None)
    return str(ROLES[role]) if role else _("the %(field)s") % {"field": _field(book, target)}


def _field(book: Book, name: str) -> str:
    field = book.fields.get(name)
    return inside(field.label) if field and field.label else in_words(name)
