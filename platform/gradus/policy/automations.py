"""`[[automations]]`: what happens by itself, when a thing moves, has stood somewhere too long, or a day comes round."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import Any

from gradus.policy import clocks, tree
from gradus.policy.actions import ActionCall
from gradus.policy.bounds import COUNTED, check_name, check_number
from gradus.policy.clocks import Clock
from gradus.policy.errors import RuleError, nearest, phrase
from gradus.policy.evaluate import Check, compile_check
from gradus.policy.machines import Move
from gradus.policy.normal import normalise
from gradus.policy.scope import EventScope
from gradus.policy.source import Path, Source

KEYS = ("id", "on", "after", "every", "if", "clock", "again", "do", "live")
TRIGGERS = ("on", "after", "every")
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SHORTEST = timedelta(minutes=1)
_SPAN = re.compile(rf"(\d{{1,5}}) {COUNTED}")
_AFTER = re.compile(r"(.+) in ([a-z][a-z0-9_]*)")
_PAIR = re.compile(r"(\*|[a-z][a-z0-9_]*) -> (\*|[a-z][a-z0-9_]*)")
_EVERY = re.compile(rf"(?:(day|{'|'.join(DAYS)})|month on (\d{{1,2}})) at ([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class OnMove:
    """When a transition has happened: by its name, or by the states it led from and to (`*` is any)."""

    transition: str = ""
    source: str = "*"
    target: str = "*"

    def fits(self, transition: str, source: str, target: str) -> bool:
        if self.transition:
            return transition == self.transition
        return self.source in {source, "*"} and self.target in {target, "*"}


@dataclass(frozen=True, slots=True)
class After:
    """When a thing has stood in a state for so long."""

    span: timedelta
    state: str


@dataclass(frozen=True, slots=True)
class Every:
    """At a time of the clock of the academy: every day, on a weekday (0 is Monday), or on a day of the month."""

    at: time
    weekday: int | None = None
    day: int | None = None


Trigger = OnMove | After | Every


@dataclass(frozen=True, slots=True)
class Automation:
    """One of a book. Until it is `live` it only says what it would have done.

    `checks` holds the compiled condition for each pair of states an event may have; for the others under ("", "").
    """

    id: str
    trigger: Trigger
    do: tuple[ActionCall, ...]
    text: str = "always"
    node: tree.Node = field(default_factory=lambda: tree.Truth(value=True))
    clock: Clock | None = None
    again: timedelta | None = None
    live: bool = False
    origin: str = ""
    checks: Mapping[tuple[str, str], Check] = field(default_factory=dict, compare=False, repr=False)

    def holds(self, obj: Any, now: datetime, *, source: str = "", target: str = "") -> bool:
        """Whether its condition is true of this object, after a move between these states."""
        check = self.checks.get((source, target) if isinstance(self.trigger, OnMove) else ("", ""))
        return check is not None and check(obj, None, None, now)


def read_automations(
    source: Source, written: Any, scope: EventScope, moves: Mapping[str, Move], calls: Callable[..., Any]
) -> tuple[Automation, ...]:
    """The `[[automations]]` of a book; what is wrong is reported at its key."""
    if not isinstance(written, list):
        if written is not None:
            source.report(("automations",), phrase("automations are written [[automations]]"))
        return ()
    with source.at("automations"):
        check_number("automations", len(written))
    found: dict[str, Automation] = {}
    for number, value in enumerate(written, start=1):
        path: Path = ("automations", number)
        with source.at(*path):
            one = _Reader(source, path, source.table(path, value), scope, moves).automation(calls)
            if one.id in found:
                raise RuleError(phrase("there is an automation {} already", one.id))
            found[one.id] = one
    return tuple(found.values())


class _Reader:
    """Reads one automation."""

    def __init__(
        self, source: Source, path: Path, table: dict[str, Any], scope: EventScope, moves: Mapping[str, Move]
    ) -> None:
        self.source, self.path, self.table, self.scope, self.moves = source, path, table, scope, moves

    def automation(self, calls: Callable[..., Any]) -> Automation:
        self.source.only(self.path, self.table, KEYS)
        name = self.take("id", str, "")
        check_name("automation", name)
        trigger = self.trigger()
        text = self.take("if", str, "always")
        node = self.condition(trigger, text)
        do = tuple(calls(self.path, self.table, "do"))
        if not do:
            with self.source.at(*self.path, "do"):
                raise RuleError(phrase("an automation needs do = [{{ action = “target”, … }}]"))
        if isinstance(trigger, Every) and node == tree.Truth(value=True):
            raise RuleError(phrase("with every, if says which things are meant; else it would be all of them"))
        return Automation(
            name, trigger, do, text, node, clock=self.clock(trigger), again=self.again(trigger),
            live=self.take("live", bool, default=False), origin=f"{self.source.file}#automations.{name}",
            checks=dict(self.checks(trigger, node)),
        )  # fmt: skip

    def take(self, key: str, form: type, default: Any = None) -> Any:
        return self.source.take(self.path, self.table, key, form, default)

    def trigger(self) -> Trigger:
        given = [key for key in TRIGGERS if key in self.table]
        if len(given) != 1:
            raise RuleError(phrase("an automation has one of on, after and every"))
        text = self.take(given[0], str, "")
        readers: dict[str, Callable[[str], Trigger]] = {"on": self.on, "after": self.after, "every": self.every}
        return readers[given[0]](text)

    def on(self, text: str) -> OnMove:
        if pair := _PAIR.fullmatch(text):
            for state in pair.groups():
                if state != "*":
                    self.known(state)
            return OnMove(source=pair[1], target=pair[2])
        if text not in self.moves:
            hint = nearest(text, self.moves)
            raise RuleError(phrase("on = “{}” is neither a transition{} nor “state -> state”", text, hint))
        return OnMove(text)

    def after(self, text: str) -> After:
        found = _AFTER.fullmatch(text)
        span = span_of(found[1]) if found else None
        if found is None or span is None:
            raise RuleError(phrase("after = “{}”: write it like “2 days in submitted”", text))
        self.known(found[2])
        return After(span, found[2])

    def every(self, text: str) -> Every:
        found = _EVERY.fullmatch(text)
        if found is None or (found[2] and not 1 <= int(found[2]) <= 28):
            raise RuleError(
                phrase(
                    "every = “{}”: write “day at 07:00”, “monday at 07:00” or “month on 1 at 07:00” (days 1 to 28)",
                    text,
                )
            )
        weekday = DAYS.index(found[1]) if found[1] in DAYS else None
        return Every(time(int(found[3]), int(found[4])), weekday, int(found[2]) if found[2] else None)

    def again(self, trigger: Trigger) -> timedelta | None:
        text = self.take("again", str)
        if text is None:
            return None
        if not isinstance(trigger, After):
            raise RuleError(phrase("again goes with after: how long until it happens once more in the same stay"))
        if (span := span_of(text)) is None:
            raise RuleError(phrase("again = “{}”: write it like “2 days”", text))
        return span

    def clock(self, trigger: Trigger) -> Clock | None:
        name = self.take("clock", str)
        if name is None:
            return None
        if not isinstance(trigger, After):
            raise RuleError(phrase("clock goes with after: it says which time of the stay counts"))
        known = clocks.for_model(self.scope.book.model)
        if name not in known:
            raise RuleError(phrase("“{}” is not a clock of {}{}", name, self.scope.book.model, nearest(name, known)))
        return known[name]

    def known(self, state: str) -> None:
        if state not in self.scope.states:
            raise RuleError(phrase("“{}” is not a state{}", state, nearest(state, self.scope.states)))

    def condition(self, trigger: Trigger, text: str) -> tree.Node:
        scope = self.scope if isinstance(trigger, OnMove) else self.scope.without_event()
        with self.source.at(*self.path, "if"):
            node = normalise(scope.read(text))
            for operand in operands(node):
                if isinstance(operand, tree.Person | tree.Fact):
                    raise RuleError(phrase("nobody asks for what happens by itself, so there is no user here"))
            return node
        return tree.Truth(value=False)

    def checks(self, trigger: Trigger, node: tree.Node) -> Iterator[tuple[tuple[str, str], Check]]:
        if not isinstance(trigger, OnMove):
            yield ("", ""), compile_check(node)
            return
        for name, move in self.moves.items():
            for pair in _pairs(move, self.scope.states):
                if trigger.fits(name, *pair):
                    yield pair, compile_check(normalise(placed(node, *pair)))


def span_of(text: str) -> timedelta | None:
    """`2 days` as a duration of a minute or longer, or None."""
    found = _SPAN.fullmatch(text)
    span = timedelta(**{f"{found[2]}s": int(found[1])}) if found else None
    return span if span is not None and span >= SHORTEST else None


def _pairs(move: Move, states: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    sources = [state for state in ("", *states) if move.starts_in(state)]
    return ((source, source if move.target is None else move.target) for source in sources)


def placed(node: tree.Node, source: str, target: str) -> tree.Node:
    """The same condition with `source` and `target` of an event known."""
    match node:
        case tree.And(nodes):
            return tree.And(tuple(placed(inner, source, target) for inner in nodes))
        case tree.Or(nodes):
            return tree.Or(tuple(placed(inner, source, target) for inner in nodes))
        case tree.Named(node=inner) | tree.Not(inner):
            return replace(node, node=placed(inner, source, target))
        case tree.Compare(left=left, right=right):
            return replace(node, left=_known(left, source, target), right=_known(right, source, target))
        case tree.OneOf(left=left):
            return replace(node, left=_known(left, source, target))
        case tree.Holds(item=item):
            return replace(node, item=_known(item, source, target))
    return node


def _known(operand: tree.Operand, source: str, target: str) -> tree.Operand:
    if isinstance(operand, tree.Happening):
        return tree.Const(source if operand.name == "source" else target, "text")
    return operand


def operands(node: tree.Node) -> Iterator[tree.Operand]:
    """Everything a condition reads."""
    match node:
        case tree.And(nodes) | tree.Or(nodes):
            for inner in nodes:
                yield from operands(inner)
        case tree.Named(node=inner) | tree.Not(inner):
            yield from operands(inner)
        case tree.Compare(left=left, right=right) | tree.Holds(many=left, item=right):
            yield from (each.of if isinstance(each, tree.Shift) else each for each in (left, right))
        case tree.OneOf(left=left, values=values):
            yield left
            if isinstance(values, tree.Fact):
                yield values
        case tree.Missing(of=of):
            yield of
