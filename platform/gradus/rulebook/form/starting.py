"""What something new begins as: readable at once, so that adding never makes a book wrong."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from gradus.policy import actions
from gradus.policy.errors import RuleError
from gradus.rulebook.form.editing import Put
from gradus.rulebook.form.known import Known, listed, notices, table
from gradus.rulebook.form.naming import free, slug
from gradus.rulebook.form.plain import at
from gradus.rulebook.form.statements import Path


def started(known: Known, what: str, path: Path, choice: str) -> Put:
    """The change that adds it. Raises RuleError for what cannot be added."""
    begin = STARTS.get(what)
    if begin is None:
        raise RuleError(_("This form does not know what to do with that. Load the page again."))
    return begin(known, path, choice)


def _named(known: Known, path: Path, label: str, value: dict[str, Any], kind: str = "field") -> Put:
    taken = {*table(known.data, *path), *(known.fields if kind == "field" and path[0] != "transitions" else ())}
    if kind == "transition":
        taken |= set(known.rights)
    return Put((*path, free(slug(label, kind), taken)), value)


def _field(known: Known, path: Path, _choice: str) -> Put:
    label = _("New field")
    return _named(known, path, label, {"type": "text", "label": label})


def _question(known: Known, path: Path, _choice: str) -> Put:
    label = _("Note")
    if "note" not in table(known.data, *path):
        return Put((*path, "note"), {"type": "long text", "label": label})
    return _named(known, path, _("New field"), {"type": "text", "label": _("New field")})


def _state(known: Known, path: Path, _choice: str) -> Put:
    label = _("New state")
    return _named(known, path, label, {"label": label, "tone": "neutral"}, "state")


def _transition(known: Known, path: Path, _choice: str) -> Put:
    label, states = _("New transition"), list(known.states)
    value: dict[str, Any] = {"label": label, "done": _("Done"), "from": states[:1] or [""]}
    if len(states) > 1:
        value["to"] = states[1]
    if states and "author" in {each.value for each in known.targets("notify")}:
        value["then"] = [{"notify": "author"}]  # whom it is about hears of it, until somebody says otherwise
    return _named(known, path, label, value, "transition")


def _right(_known: Known, path: Path, _choice: str) -> Put:
    return Put((*path, "view"), {"instructor": "always", "admin": "always"})


def _condition(known: Known, path: Path, _choice: str) -> Put:
    return _named(known, path, _("New condition"), {"if": "always", "yes": "", "no": ""}, "condition")


def _fact(known: Known, path: Path, choice: str) -> Put:
    return Put((*path, free(slug(choice), known.fields)), choice)


def _limit(known: Known, path: Path, _choice: str) -> Put:
    there = listed(known.data, *path)
    names = list(known.transitions)
    value = {
        "id": _id("limit", there),
        "on": names[0] if names else "",
        "allow": 1,
        "per": "30 days",
        "of": "obj.author" if "obj.author" in known.owners else "user",
        "say": _("You have done this as often as is possible for now. Try again later."),
    }
    return Put((*path, len(there)), value)


def _automation(known: Known, path: Path, _choice: str) -> Put:
    there = listed(known.data, *path)
    state = next(iter(known.states), "")
    do = [effect(known, "notify")]
    return Put((*path, len(there)), {"id": _id("automation", there), "after": f"2 days in {state}", "do": do})


def _effect(known: Known, path: Path, choice: str) -> Put:
    there = at(known.data, path)
    return Put((*path, len(there) if isinstance(there, list) else 0), effect(known, choice))


def effect(known: Known, name: str) -> dict[str, Any]:
    """A call of an action with something fitting for all it needs."""
    found = actions.get(name)
    if found is None:
        raise RuleError(_("Choose what should follow."))
    targets = [each.value for each in known.targets(name)]
    first = "author" if "author" in targets and name == "notify" else next(iter(targets), "")
    usual = {"template": _notice(known), "to": "least loaded"}
    given = {each.name: usual.get(each.name, "") for each in found.parameters if each.required}
    role = {"role": "instructor"} if name == "assign" else {}
    return {name: first, **given, **role}


def _notice(known: Known) -> str:
    """The text that says something waits, where the app has one."""
    ours = [each for each in notices() if each.startswith(f"{known.app}/")]
    waiting = f"{known.app}/waiting"
    return waiting if waiting in ours else next(iter(ours), "")


def _test(known: Known, path: Path, _choice: str) -> Put:
    value = {"as": {"role": "student"}, "given": {"state": next(iter(known.states), "")}, "may": []}
    return Put((*path, len(listed(known.data, *path))), value)


def _id(word: str, there: list[Any]) -> str:
    taken = {each.get("id") for each in there if isinstance(each, dict)}
    return next(name for number in range(1, len(taken) + 2) if (name := f"{word}-{number}") not in taken)


STARTS: dict[str, Callable[[Known, Path, str], Put]] = {
    "field": _field,
    "question": _question,
    "state": _state,
    "transition": _transition,
    "right": _right,
    "condition": _condition,
    "fact": _fact,
    "limit": _limit,
    "automation": _automation,
    "effect": _effect,
    "test": _test,
}
