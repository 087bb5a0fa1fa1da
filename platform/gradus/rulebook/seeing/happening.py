"""What happens by itself by a book, in people's words: when, if, and what; and whether it does or only says so."""

from dataclasses import dataclass

from django.utils.dates import WEEKDAYS
from django.utils.formats import time_format
from django.utils.translation import gettext as _

from gradus.flow.automating.running import key_of
from gradus.policy.automations import After, Automation, Every, OnMove
from gradus.policy.books import Book
from gradus.policy.stating import stated
from gradus.policy.words import quoted, span_text, state_label
from gradus.rulebook.seeing.doing import Deed, deed, transition_text
from gradus.rulebook.seeing.tables import Words

ANY = "*"


@dataclass(frozen=True, slots=True)
class Happening:
    """One automation; `key` is what its runs are listed by.

    `condition` is empty where nothing is asked; `does` are its actions in their order.
    """

    key: str
    name: str
    when: str
    condition: Words
    does: tuple[Deed, ...]
    live: bool


def happenings(book: Book) -> list[Happening]:
    return [_happening(book, each) for each in book.automations]


def _happening(book: Book, each: Automation) -> Happening:
    does = tuple(deed(book, call) for call in each.do)
    return Happening(key_of(book, each), each.id, _when(book, each), _condition(each), does, each.live)


def _condition(automation: Automation) -> Words:
    return Words() if automation.text == "always" else Words(stated(automation.node), automation.text)


def _when(book: Book, automation: Automation) -> str:
    match automation.trigger:
        case OnMove(transition=name) if name:
            return _("after %(what)s") % {"what": quoted(transition_text(book, name))}
        case OnMove(source=source, target=target):
            return _("when it moves from %(source)s to %(target)s") % {
                "source": _state(book, source), "target": _state(book, target),
            }  # fmt: skip
        case After(span=span, state=state):
            words = {"span": span_text(span), "state": _state(book, state)}
            text = _("when it has been %(state)s for %(span)s") % words
            if automation.clock is not None:
                text = _("%(when)s, without the pauses of “%(clock)s”") % {"when": text, "clock": automation.clock.name}
            if automation.again is None:
                return text
            return _("%(when)s, and again every %(span)s") % {"when": text, "span": span_text(automation.again)}
        case Every() as every:
            return _every(every)


def _every(every: Every) -> str:
    at = {"time": time_format(every.at)}
    if every.weekday is not None:
        return _("every %(day)s at %(time)s") % {**at, "day": WEEKDAYS[every.weekday]}
    if every.day is not None:
        return _("on day %(day)d of every month at %(time)s") % {**at, "day": every.day}
    return _("every day at %(time)s") % at


def _state(book: Book, state: str) -> str:
    if state == ANY:
        return _("any state")
    return quoted(state_label(book, state)) if state else _("the beginning")
