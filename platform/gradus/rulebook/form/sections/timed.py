"""Limits, what happens by itself, and the tests of a book."""

import re
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from gradus.accounts.roles import Role
from gradus.policy.automations import DAYS, TRIGGERS
from gradus.policy.definitions import CALENDAR
from gradus.rulebook.form.keys import options
from gradus.rulebook.form.known import Known, listed, table, text
from gradus.rulebook.form.parts import Add, Entry, Input, Option, Part, Section, key_of, numbered
from gradus.rulebook.form.sections.moves import follows
from gradus.rulebook.form.statements import Path
from gradus.rulebook.form.writing import value_text

SPAN = re.compile(r"(\d+) (week|day|hour|minute)s?")
PAIR = re.compile(r"(\S+) -> (\S+)")
EVERY = re.compile(r"(\w+)(?: on (\d+))? at (\d\d:\d\d)")


def spans() -> dict[str, str]:
    return {"minutes": _("minutes"), "hours": _("hours"), "days": _("days"), "weeks": _("weeks")}


def days() -> dict[str, str]:
    names = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))
    return {"day": _("every day"), **dict(zip(DAYS, names, strict=True)), "month": _("a day of the month")}


def limits(known: Known) -> Section:
    written = listed(known.data, "limits")
    entries = [_limit(known, ("limits", n), table({"x": each}, "x")) for n, each in enumerate(written)]
    return Section(
        "limits",
        _("Limits"),
        help=_("How often something may be done."),
        entries=numbered(entries),
        add=Add(("limits",), "limit", _("Add a limit")),
        keys=("limits",),
        nothing=_("There is no limit."),
    )


def _limit(known: Known, path: Path, given: dict[str, Any]) -> Entry:
    on, count, of = (text(given.get(key)) for key in ("on", "count", "of"))
    owners = {of: (_("the person who does it") if of == "user" else label) for of, label in known.owners.items()}
    counted = options(known.transitions, count, empty="-")
    inputs = [
        Input((*path, "allow"), _("At most"), "number", given.get("allow"), short=True),
        Input((*path, "on"), _("times"), "select", on, options=options(known.transitions, on)),
        _period(path, text(given.get("per"))),
        Input((*path, "of"), _("counted for"), "select", of, options=options(owners, of)),
        Input((*path, "say"), _("People who have reached it read"), "long", given.get("say")),
    ]
    more = [
        Input((*path, "count"), _("Counting another transition"), "select", count, options=counted),
        Input((*path, "id"), _("Its word in rules"), value=given.get("id")),
    ]
    allowed = given.get("allow")
    label = ngettext(
        "At most once: %(what)s", "At most %(count)s times: %(what)s", allowed if isinstance(allowed, int) else 2
    ) % {"count": allowed if isinstance(allowed, int) else "…", "what": known.transitions.get(on, on)}
    return Entry(path, label, way=text(given.get("per")), inputs=inputs, more=more)


def _period(path: Path, written: str) -> Input:
    """“180 days”, or a calendar period, which has no number."""
    found = SPAN.fullmatch(written)
    unit = f"{found[2]}s" if found else written
    periods = {"weeks": _("weeks"), "days": _("days"), "hours": _("hours"), "minutes": _("minutes")}
    names = (_("calendar day"), _("calendar week"), _("calendar month"), _("calendar quarter"), _("calendar year"))
    calendar = {f"calendar {each}": label for each, label in zip(CALENDAR, names, strict=True)}
    amount = Part("amount", _("How long"), value=found[1] if found else "", number=True)
    choice = Part("unit", _("Unit"), options=options({**periods, **calendar}, unit))
    parts = (choice,) if not found and unit.startswith("calendar") else (amount, choice)
    return Input((*path, "per"), _("in"), "parts", reads="per", parts=parts)


def automations(known: Known) -> Section:
    written = listed(known.data, "automations")
    entries = [_automation(known, ("automations", n), table({"x": each}, "x")) for n, each in enumerate(written)]
    return Section(
        "automations",
        _("What happens by itself"),
        entries=numbered(entries),
        keys=("automations",),
        help=_("Until one is live it only says what it would have done."),
        add=Add(("automations",), "automation", _("Add an automation")),
        nothing=_("Nothing happens by itself."),
    )


def _automation(known: Known, path: Path, given: dict[str, Any]) -> Entry:
    trigger = trigger_input(known, path, given)
    inputs = [trigger, Input((*path, "if"), _("Only if"), "condition", given.get("if"), placeholder=_("always"))]
    if "after" in given:
        found = SPAN.fullmatch(text(given.get("again")))
        parts = (
            Part("amount", _("How long"), value=found[1] if found else "", number=True),
            Part("unit", _("Unit"), options=options(spans(), f"{found[2]}s" if found else "days")),
        )
        again = Input(
            (*path, "again"),
            _("Again after"),
            "parts",
            reads="span",
            parts=parts,
            help=_("Left empty, once for each stay."),
        )
        inputs.append(again)
    inputs.append(Input((*path, "live"), _("Live: it really does it"), "flag", given.get("live", False)))
    more = [Input((*path, "id"), _("Its word in rules"), value=given.get("id"))]
    if "clock" in given:
        more.append(Input((*path, "clock"), _("Clock"), value=given.get("clock")))
    said = next((text(given.get(key)) for key in TRIGGERS if key in given), "")
    made = Entry(path, text(given.get("id")) or "…", way=said, inputs=inputs, more=more)
    made.groups = [follows(known, (*path, "do"), _("What it does"))]
    made.tone = "success" if given.get("live") is True else "neutral"
    return made


def trigger_input(known: Known, path: Path, given: dict[str, Any]) -> Input:
    """One choice of when, and the controls that fit it."""
    kind, written = next(((key, text(given[key])) for key in TRIGGERS if key in given), ("after", ""))
    pair = PAIR.fullmatch(written)
    when = "pair" if kind == "on" and pair else kind
    ways = {
        "after": _("when it has stood in a state for"),
        "on": _("when somebody did this"),
        "pair": _("when it came from one state to another"),
        "every": _("at a time of day"),
    }
    parts = [Part("when", _("When"), options=options(ways, when))]
    states = known.states
    if when == "after":
        span, _joined, state = written.rpartition(" in ")
        found = SPAN.fullmatch(span)
        parts += [
            Part("amount", _("How long"), value=found[1] if found else "", number=True),
            Part("unit", _("Unit"), options=options(spans(), f"{found[2]}s" if found else "days")),
            Part("state", _("State"), options=options(states, state)),
        ]
    elif when == "pair" and pair:
        everywhere = {"*": _("any state"), **states}
        parts += [
            Part("source", _("From"), options=options(everywhere, pair[1])),
            Part("target", pgettext("state", "To"), options=options(everywhere, pair[2])),
        ]
    elif when == "on":
        parts.append(Part("transition", _("Transition"), options=options(known.transitions, written)))
    else:
        parts += _clock_parts(written)
    also = tuple(f"{key_of(path)}.{key}" for key in TRIGGERS)
    return Input(path, _("When"), "parts", reads="trigger", parts=tuple(parts), also=also)


def _clock_parts(written: str) -> list[Part]:
    found = EVERY.fullmatch(written)
    day = found[1] if found else "day"
    parts = [Part("day", _("Day"), options=options(days(), day))]
    if day == "month":
        parts.append(Part("number", _("Which day"), value=found[2] if found and found[2] else "1", number=True))
    return [*parts, Part("time", _("Time"), value=found[3] if found else "07:00", time=True)]


def tests(known: Known) -> Section:
    written = listed(known.data, "tests")
    entries = [_test(known, ("tests", n), table({"x": each}, "x")) for n, each in enumerate(written)]
    return Section(
        "tests",
        _("Tests"),
        folded=True,
        entries=numbered(entries),
        keys=("tests",),
        help=_(
            "Examples that have to come out so before it is published: whoever it is may do these things and no other."
        ),
        add=Add(("tests",), "test", _("Add a test")),
        nothing=_("There is no test yet."),
    )


def _test(known: Known, path: Path, given: dict[str, Any]) -> Entry:
    person, facts, may = table(given, "as"), table(given, "given"), listed(given, "may")
    role, state = text(person.get("role")), text(facts.get("state"))
    words = {each.value: str(each.label) for each in Role}
    held = person.get("is")
    named = held if isinstance(held, str) else ", ".join(map(str, held)) if isinstance(held, list) else ""
    labels = {"view": _("See it"), **known.transitions}
    can = tuple(Option(name, labels.get(name, name), name in may) for name in known.rights)
    others = {key: value for key, value in facts.items() if key != "state"}
    inputs = [
        Input((*path, "as", "role"), _("Somebody acting as"), "select", role, options=options(words, role), short=True),
        Input(
            (*path, "as", "is"), _("who is its"), value=named, reads="names", short=True, also=(key_of((*path, "as")),)
        ),
        Input(
            (*path, "given", "state"),
            _("In the state"),
            "select",
            state,
            options=options({"": _("before it is filed"), **known.states}, state),
            short=True,
        ),
        Input(
            (*path, "given"),
            _("Given"),
            "given",
            value=", ".join(f"{key} = {value_text(each)}" for key, each in others.items()),
        ),
        Input((*path, "may"), _("may"), "checks", options=can),
    ]
    said = ", ".join(labels.get(str(each), str(each)) for each in may) or _("nothing")
    label = f"{words.get(role, role)}{f' ({named})' if named else ''}: {said}"
    return Entry(path, label, way=known.states.get(state, state), inputs=inputs)
