"""What a mapping would do to every thing of an older edition, before it does it."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gradus import policy
from gradus.accounts.roles import Actor
from gradus.flow import moving
from gradus.flow.carrying import Crossing
from gradus.flow.errors import Text
from gradus.flow.shapes import State
from gradus.flow.workbench.registry import workbench_url
from gradus.policy.automations import After
from gradus.rulebook.seeing.processes import known_to, named

EXAMPLES = 3
Link = tuple[str, str]  # what it is called, and its address in the workbench


@dataclass(frozen=True, slots=True)
class Line:
    """So many things of one sort, with a few of them to look at."""

    label: Text
    to: Text
    count: int
    why: str
    examples: list[Link]


@dataclass(frozen=True, slots=True)
class Preview:
    """`states` says what goes where; of answers: what does not fit, what is left behind, what the new form lacks."""

    total: int
    states: list[tuple[State, State, Line]]
    unfit: list[Line]
    left: list[Line]
    missing: list[Line]
    notes: list[str]


class _Counted:
    """How many, and the first few."""

    def __init__(self) -> None:
        self.counts: Counter[Any] = Counter()
        self.keys: dict[Any, list[int]] = defaultdict(list)

    def add(self, what: Any, key: int) -> None:
        self.counts[what] += 1
        if len(self.keys[what]) < EXAMPLES:
            self.keys[what].append(key)


def preview(crossing: Crossing, viewer: Actor) -> Preview:
    """Every thing is looked at once. Examples are what the viewer may see; values are not shown."""
    states, unfit, left, missing = _Counted(), _Counted(), _Counted(), _Counted()
    rows = moving.things(crossing).order_by("pk").values_list("pk", "state", "answers")
    for pk, state, answers in rows.iterator(chunk_size=2000):
        carried = crossing.carry(answers)
        states.add(state, pk)
        for name in carried.left:
            (unfit if name in carried.unfit else left).add((name, carried.unfit.get(name, "")), pk)
        for name in crossing.missing(carried.answers):
            missing.add((name, ""), pk)
    links = _links(crossing, viewer, [states, unfit, left, missing])
    return Preview(
        total=states.counts.total(),
        states=[_state(crossing, name, states, links) for name in crossing.states if states.counts[name]],
        unfit=list(_lines(crossing, unfit, links)),
        left=list(_lines(crossing, left, links)),
        missing=list(_lines(crossing, missing, links)),
        notes=list(_notes(crossing, states.counts)),
    )


def _links(crossing: Crossing, viewer: Actor, counted: list[_Counted]) -> dict[int, Link]:
    keys = {key for each in counted for some in each.keys.values() for key in some}
    found = named(known_to(crossing.model, viewer)).filter(pk__in=keys)
    return {obj.pk: (str(obj), workbench_url(obj)) for obj in found}


def _state(crossing: Crossing, name: str, found: _Counted, links: dict[int, Link]) -> tuple[State, State, Line]:
    before, after = crossing.before.state(name), crossing.after.state(crossing.states[name])
    examples = [links[key] for key in found.keys[name] if key in links]
    return before, after, Line(before.label, after.label, found.counts[name], "", examples)


def _lines(crossing: Crossing, found: _Counted, links: dict[int, Link]) -> Iterator[Line]:
    for (name, why), count in found.counts.items():
        param, to = crossing.old.get(name) or crossing.new.get(name), crossing.fields.get(name)
        label = param.label if param else name
        examples = [links[key] for key in found.keys[name, why] if key in links]
        yield Line(label, crossing.new[to].label if to else "", count, why, examples)


def _notes(crossing: Crossing, counts: Counter[Any]) -> Iterator[str]:
    """What follows from the mapping and is easily forgotten."""
    anew = sum(count for name, count in counts.items() if crossing.states.get(name, name) != name)
    if anew:
        text = ngettext(
            "For %(count)d thing the time in its state begins anew, because the state gets another name.",
            "For %(count)d things the time in their state begins anew, because the state gets another name.",
            anew,
        )
        yield text % {"count": anew}
    book = policy.active().book(crossing.model, crossing.after.process)
    reached: Counter[str] = Counter()
    for name, count in counts.items():
        reached[crossing.states.get(name, name)] += count
    for automation in book.automations:
        trigger = automation.trigger
        if isinstance(trigger, After) and reached[trigger.state]:
            words = {
                "automation": automation.id, "state": crossing.after.state(trigger.state).label,
                "count": reached[trigger.state],
            }  # fmt: skip
            yield _("The automation “%(automation)s” looks after what is in “%(state)s”: %(count)d of these.") % words
    if book.limits:
        yield _("Limits count what was done under any edition; nothing is counted anew.")
