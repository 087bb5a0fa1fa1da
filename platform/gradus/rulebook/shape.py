"""What things hold that another shape of their kind has no place for. One query for each question."""

from collections.abc import Collection, Iterator
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from gradus.flow.models import Declared
from gradus.policy.books import Book
from gradus.policy.idle import life_of
from gradus.policy.process import Question, State
from gradus.policy.texts import said

WIDER = {
    "text": {"long text"}, "choice": {"text", "long text"}, "email": {"text", "long text"},
    "url": {"text", "long text"},
}  # fmt: skip
Things = QuerySet[Any]


def breaks(before: Book, after: Book) -> Iterator[str]:
    """In people's words: what would break things that are there, were they governed by `after`."""
    if before.definition is None or after.definition is None or not issubclass(before.model, Declared):
        return
    things = before.model._base_manager.filter(kind=before.process)
    yield from _states(before, after, things)
    old, new = questions(before), questions(after)
    for name, question in old.items():
        if (why := _breaks(question, new.get(name), things)) is not None:
            yield why


def questions(book: Book) -> dict[str, Question]:
    """Everything whose answers a thing keeps: the fields of its kind, and what creating it asks besides."""
    fields = dict(book.definition.fields) if book.definition else {}
    for rule in book.transitions.values():
        fields |= rule.ask if "" in rule.from_ else {}
    return fields


def _states(before: Book, after: Book, things: Things) -> Iterator[str]:
    gone = _named(before).keys() - _named(after).keys()
    for label in _there(before, gone, things):
        yield _("There are things in the state “%(state)s”, which goes.") % {"state": label}
    for label in _there(before, _stranded(before, after) - gone, things):
        text = _("There are things in the state “%(state)s”, and no transition they wait for leads out of it any more.")
        yield text % {"state": label}


def _named(book: Book) -> dict[str, State]:
    return book.definition.states if book.definition else {}


def _there(book: Book, states: Collection[str], things: Things) -> list[str]:
    """Of these states, those in which there are things, in people's words."""
    found = things.filter(state__in=sorted(states)).order_by("state") if states else things.none()
    return [said(_named(book)[state].label) for state in found.values_list("state", flat=True).distinct()]


def _stranded(before: Book, after: Book) -> set[str]:
    """The states whose things waited for a transition that leads on, and have none then that they could wait for.

    What led out of a state without being waited for may go: taking back or opening again is nothing to count on.
    """
    waited = {(state, name) for state, name in _ways_on(before) if before.transitions[name].waiting}
    on = {state for state, name in _ways_on(after) if after.transitions[name].waiting or (state, name) in waited}
    return {state for state, _name in waited} - on


def _ways_on(book: Book) -> set[tuple[str, str]]:
    """The states with the transitions that lead to another and that somebody may make."""
    moves = life_of(book).moves.items()
    return {(state, name) for name, move in moves for state in _named(book) if move.leads_on(state)}


def _breaks(old: Question, new: Question | None, things: Things) -> str | None:
    words = {"field": said(old.label)}
    if new is None:
        return _("There are answers to “%(field)s”, which goes.") % words if answered(things, old.name) else None
    if new.type != old.type and new.type not in WIDER.get(old.type, ()):
        text = _("There are answers to “%(field)s”, which becomes another type (%(type)s).")
        return text % {**words, "type": new.type} if answered(things, old.name) else None
    if _several(old) != _several(new):
        one = _("There are answers to “%(field)s”, which takes one value from now on.") % words
        many = _("There are answers to “%(field)s”, which takes several values from now on.") % words
        return (many if _several(new) else one) if answered(things, old.name) else None
    return _lost_choice(old, new, things)


def _several(question: Question) -> bool:
    return question.many > 1 or question.type == "file"


def answered(things: Things, name: str) -> bool:
    """Whether any of these has an answer to it."""
    nothing = Q(**{f"answers__{name}": None}) | Q(**{f"answers__{name}": ""}) | Q(**{f"answers__{name}": []})
    return bool(things.filter(answers__has_key=name).exclude(nothing).exists())


def _lost_choice(old: Question, new: Question, things: Things) -> str | None:
    kept = {word for word, _label in new.choices}
    lost = {word: label for word, label in old.choices if word not in kept} if kept else {}
    if not lost:
        return None
    answers = things.filter(answers__has_key=old.name).order_by()
    if not _several(old):
        answers = answers.filter(**{f"answers__{old.name}__in": list(lost)})
    for answer in answers.values_list(f"answers__{old.name}", flat=True).distinct():
        used = next((word for word in (answer if isinstance(answer, list) else [answer]) if word in lost), None)
        if used is not None:
            words = {"field": said(old.label), "choice": said(lost[used])}
            return _("There are answers “%(choice)s” to “%(field)s”, and that choice goes.") % words
    return None
