"""The texts of books that people read: which they are, and how each is shown in its reader's language.

A book is written in one language. What surfaces show of it passes through `said` when it is shown, so that a text is
translated by the catalogue of whoever reads it; one that nobody has translated is shown as it is written.
"""

from collections.abc import Iterable, Iterator

from django.utils.functional import lazy
from django.utils.translation import pgettext

from gradus.core.words import in_words
from gradus.policy import actions
from gradus.policy.actions import ActionCall
from gradus.policy.books import Book, TransitionRule
from gradus.policy.process import Process, Question
from gradus.policy.values import Values

# Of their own in the catalogue: “Answer” on a button is no noun, and Wagtail's “Approved” is not ours to reword.
CONTEXT = "rules"


def said(text: str) -> str:
    """A text of a book as its reader reads it."""
    return pgettext(CONTEXT, text) if text else ""


said_later = lazy(said, str)


def texts_of(book: Book | Values) -> Iterator[tuple[str, str]]:
    """Every text of a book that people may read, with its key: ("transitions.approve.label", "Approve")."""
    for key, text in _of_numbers(book) if isinstance(book, Values) else _texts_of(book):
        if text:
            yield key, text


def _texts_of(book: Book) -> Iterator[tuple[str, str]]:
    yield "title", book.title
    if book.definition:
        yield from _of_process(book.definition)
    answers = book.definition.fields if book.definition else {}
    for name, field in book.fields.items():
        if name not in answers:
            yield f"fields.{name}", field.label
    for name, condition in book.conditions.items():
        yield f"conditions.{name}.yes", condition.yes
        yield f"conditions.{name}.no", condition.no
    for name in book.permissions:
        yield f"permissions.{name}", in_words(name)
    for rule in book.transitions.values():
        yield from _of_transition(rule)
        yield from _of_calls(f"transitions.{rule.name}.then", rule.then)
    for limit in book.limits:
        yield f"limits.{limit.id}.say", limit.say
    for automation in book.automations:
        yield from _of_calls(f"automations.{automation.id}.do", automation.do)


def _of_calls(key: str, calls: Iterable[ActionCall]) -> Iterator[tuple[str, str]]:
    for number, call in enumerate(calls, start=1):
        its = actions.get(call.action)
        for parameter in its.parameters if its else ():
            if parameter.words:
                yield f"{key}.{number}.{parameter.name}", str(call.params.get(parameter.name, ""))


def _of_numbers(book: Values) -> Iterator[tuple[str, str]]:
    yield "title", book.title
    for name, value in book.values.items():
        yield f"values.{name}.title", value.title
        yield f"values.{name}.help", value.help


def _of_process(process: Process) -> Iterator[tuple[str, str]]:
    yield "process.title", process.title
    yield "process.help", process.help
    for name, label in process.labels.items():
        yield f"process.labels.{name}", label
    for state in process.states.values():
        yield f"process.states.{state.name}", state.label
    for question in process.fields.values():
        yield from _of_question(f"process.fields.{question.name}", question)


def _of_transition(rule: TransitionRule) -> Iterator[tuple[str, str]]:
    if rule.move is None:  # a coded machine has its own words
        return
    key = f"transitions.{rule.name}"
    yield key, in_words(rule.name)  # where several books call the same transition differently
    yield f"{key}.label", rule.label
    yield f"{key}.done", rule.done
    yield f"{key}.confirm", rule.confirm
    for question in rule.ask.values():
        yield from _of_question(f"{key}.ask.{question.name}", question)


def _of_question(key: str, question: Question) -> Iterator[tuple[str, str]]:
    yield f"{key}.label", question.label
    yield f"{key}.help", question.help
    for value, label in question.choices:
        yield f"{key}.choices.{value}", label
