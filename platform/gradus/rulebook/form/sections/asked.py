"""What people fill in, and the states a thing of this kind can be in."""

from typing import Any

from django.utils.translation import gettext as _

from gradus.core.words import in_words
from gradus.rulebook.form.keys import question_inputs, tones, type_labels
from gradus.rulebook.form.known import Known, table, text
from gradus.rulebook.form.parts import Add, Entry, Input, Section, numbered
from gradus.rulebook.form.statements import Path


def question(path: Path, written: Any, *, moves: bool = True) -> Entry:
    given = written if isinstance(written, dict) else {"type": written}
    inputs, more = question_inputs(path, written)
    name, form = str(path[-1]), text(given.get("type"))
    required = [_("required")] if given.get("required") is True else []
    way = ", ".join([str(type_labels().get(form, form)), *required])
    return Entry(
        path, text(given.get("label")) or in_words(name), note=name, way=way, inputs=inputs, more=more, moves=moves
    )


def fields(known: Known) -> Section:
    written = table(known.data, "process", "fields")
    at: Path = ("process", "fields")
    entries = numbered([question((*at, name), each) for name, each in written.items()])
    return Section(
        "fields",
        _("What people fill in"),
        help=_("The fields of the form, in the order they are asked."),
        entries=entries,
        add=Add(at, "field", _("Add a field")),
        keys=("process.fields",),
        nothing=_("Nothing is asked yet."),
    )


def states(known: Known) -> Section:
    at: Path = ("process", "states")
    written = table(known.data, *at)
    entries = numbered([_state((*at, name), known.states[name], each) for name, each in written.items()])
    return Section(
        "states",
        _("States"),
        help=_("Where it can stand, in the order people meet it."),
        entries=entries,
        add=Add(at, "state", _("Add a state")),
        keys=("process.states",),
        nothing=_("There is no state yet."),
    )


def _state(path: Path, label: str, written: Any) -> Entry:
    tone = text(written.get("tone")) if isinstance(written, dict) else ""
    inputs = [
        Input((*path, "label"), _("What people read"), value=label),
        Input((*path, "tone"), _("Tone"), "select", tone, options=tones(tone), short=True),
    ]
    return Entry(path, label, note=str(path[-1]), tone=tone or "neutral", inputs=inputs, folds=False)
