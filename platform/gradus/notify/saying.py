"""What a book says itself in a notification: texts in which words in braces stand for what it is about.

`{ notify = "author", subject = "Your certificate", text = "{title}: {done}. {note}" }`
"""

from collections.abc import Mapping
from string import Formatter
from typing import Any

from django.conf import settings
from django.utils.formats import localize
from django.utils.translation import gettext as _

from gradus.core.formats import whole
from gradus.flow import machine, showing
from gradus.flow.models import Stateful
from gradus.policy.books import Book
from gradus.policy.errors import RuleError, nearest, phrase
from gradus.policy.texts import said

# Every text can use these: what the thing and its process are called, its state, what happened, who did it, what they
# wrote, and who reads this. A text of a process can use its fields too.
WORDS = ("title", "kind", "state", "done", "actor", "note", "reader")
LONGEST = 5_000  # characters of a text


def check(text: str, book: Book) -> None:
    """Raise RuleError for a text that cannot be filled in for things of this book."""
    if len(text) > LONGEST:
        raise RuleError(phrase("a text has at most {} characters", whole(LONGEST)))
    known = words_of(book)
    for name in _names(text):
        if name not in known:
            raise RuleError(
                phrase("{{{}}} stands for nothing here{}; write {{{{ for a brace", name, nearest(name, known))
            )


def words_of(book: Book) -> list[str]:
    """What texts of this book can use."""
    asked = book.definition.fields.values() if book.definition else ()
    return [*WORDS, *(question.name for question in asked if question.type != "file")]


def _names(text: str) -> list[str]:
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        raise RuleError(phrase("a brace is opened or closed alone; write {{{{ or }}}} for a brace")) from None
    for _before, name, form, conversion in parts:
        if name is not None and (form or conversion):
            raise RuleError(phrase("only a word stands between braces, such as {{title}}, not {{{}…}}", name))
    return [name for _before, name, _form, _conversion in parts if name is not None]


def subject(written: str, obj: Stateful, told: Mapping[str, Any]) -> str:
    """The title of what somebody is told; where the book has none, what has happened."""
    return _filled(said(written) or _("{done}: {title}"), obj, told)


def text(written: str, obj: Stateful, told: Mapping[str, Any]) -> str:
    """What somebody is told; where the book says nothing, the state and what was written."""
    return _filled(said(written) or _("{kind} “{title}”: {state}.\n\n{note}"), obj, told).strip()


def _filled(text: str, obj: Stateful, told: Mapping[str, Any]) -> str:
    """In the language in force; `told` holds transition, actor, note and reader. What is missing is left empty."""
    known = {name: _shown(value) for name, value in _values(obj, told).items()}
    parts = Formatter().parse(text)
    return "".join(before + (known.get(name, "") if name is not None else "") for before, name, _form, _as in parts)


def _values(obj: Stateful, told: Mapping[str, Any]) -> dict[str, Any]:
    its = machine(obj)
    return {
        **{param.name: value for param, value in showing.answered(obj, told.get("reader"))},
        "title": obj,
        "kind": its.title,
        "state": its.state(obj.state).label,
        "done": its.done(str(told.get("transition", ""))),
        "actor": told.get("actor") or settings.SITE_NAME,
        "note": told.get("note"),
        "reader": told.get("reader"),
    }


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_shown, value))
    return "" if value is None else str(localize(value))
