"""Transitions as cards: what the button says, where it leads, who may, what it asks and what follows."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from gradus.policy import actions
from gradus.policy.machines import ANY
from gradus.rulebook.form.keys import options, roles, tones
from gradus.rulebook.form.known import Known, action_names, listed, notices, table, text
from gradus.rulebook.form.parts import Add, Entry, Group, Input, Option, Section, numbered
from gradus.rulebook.form.plain import at
from gradus.rulebook.form.sections.asked import question
from gradus.rulebook.form.sections.rights import who_may
from gradus.rulebook.form.statements import Path


def transitions(known: Known) -> Section:
    written = table(known.data, "transitions")
    entries = [_transition(known, ("transitions", name), table(written, name)) for name in written]
    add = Add(("transitions",), "transition", _("Add a transition")) if known.declares else None
    return Section(
        "transitions",
        _("Transitions"),
        help=_("What people do with it: each leads from one state to the next."),
        entries=numbered(entries),
        add=add,
        keys=("transitions",),
        nothing=_("Nothing can be done with it yet."),
    )


def _transition(known: Known, path: Path, given: dict[str, Any]) -> Entry:
    name = str(path[-1])
    groups = [each for each in who_may(path, given) if each]
    made = Entry(path, known.transitions[name], note=name, groups=groups, moves=known.declares, removes=known.declares)
    if known.declares:
        made.inputs, made.more = _texts(known, path, given)
        made.tone, made.way = text(given.get("tone")) or "neutral", way(known, given)
        made.groups.append(_asks(path, given))
    made.groups.append(follows(known, (*path, "then"), _("What follows")))
    return made


def sources(given: dict[str, Any]) -> list[str]:
    found = given.get("from")
    return [found] if isinstance(found, str) else [each for each in listed(given, "from") if isinstance(each, str)]


def way(known: Known, given: dict[str, Any]) -> str:
    """“Submitted, In review → Approved”."""
    names = {"": _("before it is filed"), ANY: _("any state"), **known.states}
    start = ", ".join(names.get(each, each) for each in sources(given))
    target = text(given.get("to"))
    return f"{start} → {names.get(target, target)}" if target else start


def _texts(known: Known, path: Path, given: dict[str, Any]) -> tuple[list[Input], list[Input]]:
    held = sources(given)
    starts = {"": _("before it is filed"), **known.states}
    starts |= {each: _("any state") if each == ANY else each for each in held if each not in starts}
    checks = tuple(Option(state, label, state in held) for state, label in starts.items())
    inputs = [
        Input((*path, "label"), _("What the button says"), value=given.get("label")),
        Input(
            (*path, "done"),
            _("What has happened then"),
            value=given.get("done"),
            placeholder=known.states.get(text(given.get("to")), ""),
            help=_("For the history and for mails, such as “Approved”."),
        ),
        Input((*path, "from"), _("From"), "checks", options=checks),
        Input(
            (*path, "to"),
            pgettext("state", "To"),
            "select",
            given.get("to"),
            options=options(known.states, given.get("to"), empty=_("stays where it is")),
        ),
        Input(
            (*path, "tone"), _("Tone"), "select", given.get("tone"), options=tones(text(given.get("tone"))), short=True
        ),
    ]
    waits = Input(
        (*path, "waiting"), _("It waits for those who may do this"), "flag", given.get("waiting", True), reads="flag on"
    )
    confirm = Input((*path, "confirm"), _("Asked before it is made"), "long", given.get("confirm"))
    more = [confirm, waits]
    shown = [each for each in more if str(each.path[-1]) in given]
    return [*inputs, *shown], [each for each in more if each not in shown]


def _asks(path: Path, given: dict[str, Any]) -> Group:
    asked = table(given, "ask")
    entries = [question((*path, "ask", name), each, moves=False) for name, each in asked.items()]
    return Group("ask", _("What it asks"), entries=entries, add=Add((*path, "ask"), "question", _("Ask something")))


def follows(known: Known, path: Path, label: str) -> Group:
    """A list of effects: each has its own inputs, from what its action takes."""
    written = at(known.data, path)
    calls = written if isinstance(written, list) else []
    entries = [_effect(known, (*path, index), each) for index, each in enumerate(calls) if isinstance(each, dict)]
    named = tuple(Option(name, action_label(name)) for name in action_names())
    return Group(str(path[-1]), label, entries=numbered(entries), add=Add(path, "effect", _("Add"), named))


def action_label(name: str) -> str:
    known = {
        "notify": _("Tell somebody"),
        "apply": _("Make a transition"),
        "assign": _("Put a person into a field"),
        "webhook": _("Send a webhook"),
    }
    return known.get(name, name)


def _effect(known: Known, path: Path, given: dict[str, Any]) -> Entry:
    name, target = next(iter(given.items()), ("", ""))
    found = actions.get(name)
    parameters = found.parameters if found else ()
    inputs = [_target(known, (*path, name), name, target)]
    inputs += [_parameter((*path, each.name), each, given.get(each.name)) for each in parameters]
    inputs += [
        Input((*path, key), key, value=value)
        for key, value in given.items()
        if key not in {name, *(p.name for p in parameters)}
    ]
    about = found.help.partition("\n")[0].replace("`", "") if found else ""
    made = Entry(path, action_label(name), inputs=inputs, folds=False)
    made.inputs[0].help = about
    return made


def _target(known: Known, path: Path, action: str, target: Any) -> Input:
    labels = {"notify": _("Whom"), "assign": _("Which field"), "apply": _("Which transition"), "webhook": _("Endpoint")}
    choices = known.targets(action)
    label = labels.get(action, action)
    if choices:
        return Input(path, label, "select", target, options=options({o.value: o.label for o in choices}, target))
    return Input(path, label, value=target)


def _parameter(path: Path, parameter: actions.Parameter, value: Any) -> Input:
    labels = {
        "template": _("With which text"),
        "subject": _("Subject in your own words"),
        "text": _("Text in your own words"),
        "note": _("Note"),
        "to": _("Whom"),
        "role": _("Who has the role"),
        "type": _("Type of event"),
    }
    label = labels.get(parameter.name, parameter.name)
    if parameter.name == "role":
        words = {each.value: each.label for each in roles(())}
        return Input(path, label, "select", value, options=options(words, value, empty="-"))
    if parameter.type in {int, bool}:
        return Input(path, label, "number" if parameter.type is int else "flag", value)
    if parameter.name == "text":
        return Input(path, label, "long", value, help=_("{title}, {state}, {reader} and such stand for what they are."))
    lists = {"template": "rf-templates", "to": "rf-to"}
    return Input(path, label, value=value, suggests=lists.get(parameter.name, ""))


def suggestions() -> dict[str, tuple[str, ...]]:
    """Lists of words offered where anything may be written."""
    return {"rf-templates": notices(), "rf-to": ("least loaded", "round robin")}
