"""One thing somebody did in the form, as changes of the text, with the names that follow a label and where to go on."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from gradus.policy.automations import TRIGGERS
from gradus.policy.errors import RuleError
from gradus.rulebook.form import plain
from gradus.rulebook.form.editing import Change, Drop, Move, Put, Rename, edit, read
from gradus.rulebook.form.known import Known, table, text
from gradus.rulebook.form.naming import derived, free, slug
from gradus.rulebook.form.parts import place_id
from gradus.rulebook.form.starting import started
from gradus.rulebook.form.statements import Path
from gradus.rulebook.form.typed import choices, trigger, value_of

# Labels whose name follows them: where they stand, and what the thing is.
LABELLED: dict[Path, str] = {
    ("process", "fields"): "field",
    ("process", "states"): "state",
    ("transitions",): "transition",
}
DEEPEST, LONGEST_KEY = 8, 200


@dataclass(slots=True)
class Step:
    """The text after it; the id of what to go on with; places that have another path now; the file it would be."""

    text: str
    focus: str = ""
    renamed: list[tuple[Path, Path]] = field(default_factory=list)
    file: str = ""

    def do(self, change: Change) -> None:
        self.text = edit(self.text, change)

    def rename(self, path: Path, name: str) -> None:
        if name != path[-1]:
            self.do(Rename(path, name))
            self.renamed.append((path, (*path[:-1], name)))


def take(text: str, wanted: dict[str, Any], *, file: str = "", new: bool = False, kept: Collection[str] = ()) -> Step:
    """Do what was asked for. `kept` are the names ("states.approved") things may be stored under already.

    Raises RuleError (its kinds in `editing`, or a sentence about a value), and then nothing was changed.
    """
    step, path = Step(text), _path(wanted.get("path"))
    match wanted.get("op"):
        case "set":
            _set(step, path, wanted, kept)
            if new and path[-1:] == ("title",):
                _call_after_title(step, read(text), file)
        case "add":
            what, choice = str(wanted.get("what", "")), str(wanted.get("choice", ""))[:LONGEST_KEY]
            put = started(Known(read(text)), what, path, choice)
            step.do(put)
            step.focus = place_id(put.path)
        case "remove":
            _remove(step, path)
        case "up" | "down" as way:
            _move(step, path, -1 if way == "up" else 1)
        case _:
            raise RuleError(_("This form does not know what to do with that. Load the page again."))
    return step


def _path(sent: Any) -> Path:
    fits = isinstance(sent, list) and 0 < len(sent) <= DEEPEST
    if not fits or not all(_is_key(key) for key in sent) or isinstance(sent[0], int):
        raise RuleError(_("This form does not know what to do with that. Load the page again."))
    return tuple(sent)


def _is_key(key: Any) -> bool:
    if isinstance(key, bool):
        return False
    return (isinstance(key, str) and 0 < len(key) <= LONGEST_KEY) or (isinstance(key, int) and 0 <= key < 10_000)


def _set(step: Step, path: Path, wanted: dict[str, Any], kept: Collection[str]) -> None:
    way, sent = str(wanted.get("as", "")), wanted.get("value")
    data = read(step.text)
    if way == "name":
        _rename(step, path, str(sent)[:LONGEST_KEY])
    elif way == "trigger":
        _set_trigger(step, path, sent, Known(data))
    elif way == "choices" and f"field.{path[-2]}" not in kept:
        _set_value(step, path, choices(sent, plain.at(data, path), follow=True))
    else:
        _set_value(step, path, value_of(way, sent, plain.at(data, path)))
        if path[-1] == "label":
            _name_after_label(step, data, path[:-1], kept)
        if path[-1] == "type":
            _fit_choices(step, path[:-1])


def _set_value(step: Step, path: Path, value: Any) -> None:
    """Write it; what is empty is taken out, for the book then says nothing about it."""
    there = plain.at(read(step.text), path)
    if value is not None:
        step.do(Put(path, value))
    elif there is not None:
        step.do(Drop(path))


def _name_after_label(step: Step, before: dict[str, Any], path: Path, kept: Collection[str]) -> None:
    """The name of something new is made of its label, as long as nobody has given it another."""
    asks = len(path) == 4 and path[0] == "transitions" and path[2] == "ask" and path[3] != "note"
    kind = "field" if asks else LABELLED.get(path[:-1])
    old, name = _label(plain.at(before, path)), str(path[-1])
    label = _label(plain.at(read(step.text), path))
    if kind is None or not label or f"{kind}.{name}" in kept or not derived(name, old or name, kind):
        return
    known = Known(read(step.text))
    taken = {*table(known.data, *path[:-1]), *(known.fields if kind == "field" and not asks else ())}
    taken |= set(known.rights) if kind == "transition" else set()
    step.rename(path, free(slug(label, kind), taken - {name}))


def _label(written: Any) -> str:
    return written if isinstance(written, str) else text(table({"x": written}, "x").get("label"))


def _fit_choices(step: Step, path: Path) -> None:
    """A choice needs choices, and nothing else may have them; what is filled in or bounded fits one type only."""
    given = table(read(step.text), *path)
    if given.get("type") == "choice":
        if not given.get("choices"):
            step.do(Put((*path, "choices"), {"first": _("First"), "second": _("Second")}))
    elif "choices" in given:
        step.do(Drop((*path, "choices")))
    for key in ("default", "min", "max"):
        if key in given:
            step.do(Drop((*path, key)))


def _rename(step: Step, path: Path, word: str) -> None:
    taken = set(table(read(step.text), *path[:-1])) - {path[-1]}
    if not word.strip():
        raise RuleError(_("Write a word for it, such as own."))
    step.rename(path, free(slug(word, "condition"), taken))


def _set_trigger(step: Step, path: Path, sent: Any, known: Known) -> None:
    given = table(known.data, *path)
    first = {"state": next(iter(known.states), ""), "transition": next(iter(known.transitions), "")}
    key, written = trigger(sent, first)
    for other in TRIGGERS:
        if other in given and other != key:
            step.do(Drop((*path, other)))
    if key != "after" and "again" in given:
        step.do(Drop((*path, "again")))
    step.do(Put((*path, key), written))


def _remove(step: Step, path: Path) -> None:
    """Go on with what stands in its place then, or with the button that adds another."""
    data = read(step.text)
    whole = plain.at(data, path[:-1])
    step.do(Drop(path))
    names: list[Any] = (
        list(range(len(whole) - 1)) if isinstance(whole, list) else [n for n in whole or () if n != path[-1]]
    )
    at = path[-1] if isinstance(path[-1], int) else list(whole or ()).index(path[-1])
    if names:
        step.focus = place_id((*path[:-1], names[min(at, len(names) - 1)]))
    else:
        step.focus = f"{place_id(path[:-1])}-add"


def _move(step: Step, path: Path, by: int) -> None:
    step.do(Move(path, -1 if by < 0 else 1))
    to = path[-1] + by if isinstance(path[-1], int) else path[-1]
    step.focus = f"{place_id((*path[:-1], to))}-{'up' if by < 0 else 'down'}"


def _call_after_title(step: Step, before: dict[str, Any], file: str) -> None:
    """A new book and its process are called after their title, as long as nobody has called them otherwise."""
    was, now = table(before, "process"), table(read(step.text), "process")
    app, _dot, name = text(was.get("name")).partition(".")
    ours = {"new", slug(text(was.get("title")), "kind")}
    if name in ours and text(now.get("title")):
        word = slug(text(now.get("title")), "kind")
        step.do(Put(("process", "name"), f"{app}.{word}"))
        if not file or file in {f"{app}/{each}.toml" for each in ours}:
            step.file = f"{app}/{word}.toml"
