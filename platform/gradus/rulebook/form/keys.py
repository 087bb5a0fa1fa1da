"""The keys of a table as inputs, declared in one place: a new key of the language is one line here."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gradus.accounts.roles import Role
from gradus.core import money
from gradus.core.words import in_words
from gradus.policy import objects
from gradus.policy.process import TONES, TYPES
from gradus.rulebook.form.parts import Input, Option
from gradus.rulebook.form.statements import Path

Word = str | Promise

TYPE_LABELS: dict[str, Word] = {
    "text": _("Text"),
    "long text": _("Long text"),
    "choice": _("Choice from a list"),
    "number": pgettext_lazy("type of an answer", "Number"),
    "money": _("Money"),
    "flag": _("Yes or no"),
    "date": _("Date"),
    "email": _("E-mail address"),
    "url": _("Web address"),
    "person": _("Person"),
    "file": _("File"),
}
TONE_LABELS: dict[str, Word] = {
    "neutral": _("Neutral"),
    "info": _("In progress"),
    "success": _("Good"),
    "warning": _("Waiting"),
    "danger": _("Refused"),
}


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a table. `for_types`: the types of field it makes sense for; `more`: folded away until it is used."""

    name: str
    label: Word
    form: str = "text"
    help: Word = ""
    for_types: tuple[str, ...] = ()
    more: bool = False
    default: Any = None
    short: bool = False


QUESTION = (
    Key("label", _("What people read")),
    Key("type", _("Type"), "select", short=True),
    Key("required", _("Has to be answered"), "flag", default=False),
    Key("choices", _("Choices"), "choices", _("One on each line."), ("choice",)),
    Key("help", _("Help below it"), "text"),
    Key("when", _("Shown when"), "condition", _("Left out, it is always asked."), more=True),
    Key("min", _("Smallest"), "number", "", ("number", "money"), short=True, more=True),
    Key("max", _("Largest"), "number", "", ("number", "money", "file"), short=True, more=True),
    Key("min", _("Fewest characters"), "number", "", ("text", "long text"), short=True, more=True),
    Key("max", _("Most characters"), "number", "", ("text", "long text"), short=True, more=True),
    Key("many", _("How many at most"), "number", "", short=True, more=True),
    Key(
        "default",
        _("Filled in already"),
        "default",
        "",
        ("text", "long text", "choice", "number", "money", "flag", "email", "url"),
        more=True,
    ),
    Key("show", _("Who sees the answer in explanations"), "roles", more=True),
)


def options(labels: Mapping[str, Word], chosen: Any, *, empty: Word | None = None) -> tuple[Option, ...]:
    """Choices of a select; what is chosen is among them even where it is no word of the language."""
    chosen = chosen if isinstance(chosen, str) else ""
    found = [("", empty)] if empty is not None else []
    known = [*found, *labels.items()]
    chosen = chosen or ""
    if chosen not in dict(known):
        known.append((chosen, chosen or "…"))
    return tuple(Option(value, str(label), value == chosen) for value, label in known)


def tones(chosen: str) -> tuple[Option, ...]:
    return options({tone: TONE_LABELS.get(tone, tone) for tone in TONES}, chosen or "neutral")


def type_labels() -> dict[str, Word]:
    """Every type of answer there is, as people read it: our own, and things of other apps such as courses."""
    ours: dict[str, Word] = {form: TYPE_LABELS.get(form, in_words(form)) for form in TYPES}
    return ours | {name: found.label for name, found in objects.registered().items()}


def types(chosen: str) -> tuple[Option, ...]:
    return options(type_labels(), chosen)


def roles(chosen: Iterable[str]) -> tuple[Option, ...]:
    held = {each for each in chosen if isinstance(each, str)}
    return tuple(Option(role.value, str(role.label), role.value in held) for role in Role if role is not Role.SYSTEM)


def question_inputs(path: Path, written: Any) -> tuple[list[Input], list[Input]]:
    """The inputs of a field people fill in: those always there, and those folded away."""
    given = {"type": written} if isinstance(written, str) else written if isinstance(written, dict) else {}
    form = given.get("type") if isinstance(given.get("type"), str) else ""
    shown: tuple[list[Input], list[Input]] = ([], [])
    for key in _fitting(str(form), given):
        shown[key.more and key.name not in given].append(question_input(path, key, given, str(form)))
    return shown


def _fitting(form: str, given: Collection[str]) -> list[Key]:
    """Each key once: those of this type of answer, and what is written though it has no meaning there."""
    fit = [key for key in QUESTION if not key.for_types or form in key.for_types]
    strange = {key.name: key for key in QUESTION if key.name in given} | {key.name: key for key in fit}
    return [key for key in QUESTION if strange.get(key.name) is key]


def question_input(path: Path, key: Key, given: dict[str, Any], form: str) -> Input:
    value = given.get(key.name)
    made = Input((*path, key.name), str(key.label), key.form, value, help=str(key.help), short=key.short)
    if key.form == "select":
        made.options = types(value or "")
    elif key.form == "roles":
        made.form, made.options = "checks", roles(value if isinstance(value, list) else [])
    elif key.form == "choices":
        made.value = choice_lines(value)
    elif key.form == "default":
        _default(made, given, form)
    elif key.form == "number" and form == "money":
        _money(made, value)
    elif key.form == "number" and form == "file":
        made.label = f"{made.label} (B)"
    return made


def _default(made: Input, given: dict[str, Any], form: str) -> None:
    """What is filled in already is an answer: it is given the way answers are."""
    made.form = {"number": "number", "flag": "flag", "long text": "long"}.get(form, "text")
    choices = given.get("choices")
    if form == "money":
        _money(made, given.get("default"))
    elif form == "choice" and isinstance(choices, dict | list):
        words = choices if isinstance(choices, dict) else {str(each): str(each) for each in choices}
        made.form = "select"
        made.options = options(
            {str(word): str(label) for word, label in words.items()}, given.get("default"), empty="-"
        )


def _money(made: Input, value: Any) -> None:
    made.form, made.reads = "text", "money"
    made.label = f"{made.label} ({money.sign(settings.CURRENCY)})"
    whole = isinstance(value, int) and not isinstance(value, bool)
    made.value = money.typed(value, settings.CURRENCY) if whole else ("" if value is None else value)


def choice_lines(value: Any) -> str:
    """The labels of choices, one on each line."""
    words = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return "\n".join(str(each) for each in words)
