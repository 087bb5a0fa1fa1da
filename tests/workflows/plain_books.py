"""What a book says, read from its TOML in the plainest Python there is.

Nothing that decides in the product is used here: neither its parser nor what it compiles. What is not understood
raises, so that a book that says something new has to be taught here as well.
"""

import ast
import operator
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

SPANS = {"days": "days", "hours": "hours", "minutes": "minutes", "weeks": "weeks", "seconds": "seconds"}
WORDS = {"true": True, "false": False, "always": True, "never": False}
COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
}  # fmt: skip
Term = Callable[[int | None], bool]


@dataclass(frozen=True)
class Who:
    """Somebody as rules see them: who they are, if anybody, and the role they act in."""

    id: int | None
    role: str


@dataclass
class Thing:
    """What a book governs. `values` are by the path a field names; `log` is what happened to it."""

    process: str
    values: dict[str, Any]
    terms: Mapping[str, Term] = field(default_factory=dict)
    state: str = ""
    version: int = 0
    pk: int | None = None
    log: list[tuple[str, str, str, int | None, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Use:
    """A transition that was made: what limits count."""

    process: str
    transition: str
    thing: Thing
    by: int | None
    at: datetime


class PlainBook:
    """`moves` (sources and target by name) are needed where the machine is code."""

    def __init__(self, text: str, moves: Mapping[str, tuple[set[str], str]] | None = None) -> None:
        self.said = tomllib.loads(text)
        rows = self.said.get("transitions", {})
        declared = {name: (set(row["from"]), row.get("to", "")) for name, row in rows.items() if "from" in row}
        self.moves = dict(moves or declared)
        if set(self.moves) != set(rows):
            raise TypeError(f"unknown moves: {set(self.moves) ^ set(rows)}")

    def may(self, right: str, who: Who, thing: Thing, now: datetime) -> bool:
        return self._row(self.said["permissions"][right], who, thing, now)

    def asks(self, name: str) -> bool:
        """Whether a note must be given."""
        return bool(self.said["transitions"][name].get("ask", {}).get("note", {}).get("required", False))

    def verdict(self, name: str, who: Who, thing: Thing, now: datetime, uses: list[Use]) -> str:
        """`ok`, or why not: the state, the rule, the limits, in this order."""
        if thing.state not in self.moves[name][0]:
            return "not_now"
        if not self._row(self.said["transitions"][name], who, thing, now):
            return "denied"
        return "limited" if any(self._spent(each, name, who, thing, now, uses) for each in self._limits()) else "ok"

    def make(self, name: str, who: Who, thing: Thing, now: datetime) -> None:
        """What becomes of the thing."""
        before, thing.version = thing.state, thing.version + 1
        thing.state = self.moves[name][1] or before
        if thing.state != before:
            thing.values["state_since"] = now
        thing.log.append((name, before, thing.state, who.id, who.role))

    def _limits(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.said.get("limits", [])
        return found

    def counted(self, use: Use) -> bool:
        return any(limit.get("count", limit["on"]) == use.transition for limit in self._limits())

    def _spent(self, limit: dict[str, Any], name: str, who: Who, thing: Thing, now: datetime, uses: list[Use]) -> bool:
        if limit["on"] != name:
            return False
        counts, owner = limit.get("count", name), self._owner(limit, thing, who.id)
        counted = [
            use
            for use in uses
            if (use.process, use.transition) == (thing.process, counts)
            and self._owner(limit, use.thing, use.by) == owner
            and within(limit["per"], use.at, now)
        ]
        return owner is not None and len(counted) >= limit["allow"]

    def _owner(self, limit: dict[str, Any], thing: Thing, by: int | None) -> Any:
        return by if limit["of"] == "user" else self._field(limit["of"].removeprefix("obj."), thing)

    def _row(self, row: Mapping[str, Any], who: Who, thing: Thing, now: datetime) -> bool:
        asked = [row[who.role]] if who.role in row else ["never"]
        forbidden = "forbid" in row and self._holds(row["forbid"], who, thing, now)
        return not forbidden and self._holds(asked[0], who, thing, now)

    def _holds(self, text: str, who: Who, thing: Thing, now: datetime) -> bool:
        return self._true(ast.parse(text, mode="eval").body, (who, thing, now))

    def _true(self, node: ast.expr, case: tuple[Who, Thing, datetime]) -> bool:
        match node:
            case ast.BoolOp(op=ast.And(), values=parts):
                return all(self._true(part, case) for part in parts)
            case ast.BoolOp(op=ast.Or(), values=parts):
                return any(self._true(part, case) for part in parts)
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                return not self._true(inner, case)
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return compared(op, self._value(left, case), self._value(right, case))
            case ast.Name(id=name) if name in self.said.get("conditions", {}):
                return self._holds(self.said["conditions"][name]["if"], *case)
            case ast.Name(id=name) if name in case[1].terms:
                return case[1].terms[name](case[0].id)
            case ast.Name(id=name):
                return bool(WORDS[name])
            case ast.Attribute():
                return self._value(node, case) is True
        raise TypeError(ast.dump(node))

    def _value(self, node: ast.expr, case: tuple[Who, Thing, datetime]) -> Any:
        who, thing, now = case
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name(id="user"):
                return who.id
            case ast.Name(id="now"):
                return now
            case ast.Name(id=name):
                return WORDS[name]
            case ast.Attribute(value=ast.Name(id="obj"), attr=name):
                return self._field(name, thing)
            case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=number)]):
                return timedelta(**{SPANS[name]: number})
            case ast.List(elts=parts):
                return [self._value(part, case) for part in parts]
            case ast.BinOp(left=left, op=op, right=right):
                one, two = self._value(left, case), self._value(right, case)
                if one is None or two is None:
                    return None
                return one - two if isinstance(op, ast.Sub) else one + two
        raise TypeError(ast.dump(node))

    def _field(self, name: str, thing: Thing) -> Any:
        if name == "state":
            return thing.state
        path = self.said.get("fields", {}).get(name, name)
        return thing.values[path["path"] if isinstance(path, dict) else path]


def compared(op: ast.cmpop, one: Any, two: Any) -> bool:
    """Two values only: with a side missing a comparison is false, and its opposite true."""
    match op:
        case ast.Is():
            return one is None
        case ast.IsNot():
            return one is not None
        case ast.NotEq():
            return one is None or two is None or one != two
        case ast.In():
            return one is not None and one in two
        case ast.NotIn():
            return one is None or one not in two
    return one is not None and two is not None and COMPARE[type(op)](one, two)


def within(per: str, at: datetime, now: datetime, zone: str = "UTC") -> bool:
    """Whether a use still counts: for so much elapsed time, or for the calendar's month it was made in."""
    number, unit = per.split()
    if number == "calendar":
        if unit != "month":
            raise TypeError(per)
        here, there = (moment.astimezone(ZoneInfo(zone)) for moment in (now, at))
        return (here.year, here.month) == (there.year, there.month)
    return at > now - timedelta(**{f"{unit.rstrip('s')}s": int(number)})
