"""What a book means, cell by cell, as the language writes it: two books without a difference here mean the same.

A cell is a path of words of the language and what stands there. It is read off the parsed book, so layout, comments,
short forms and what is left out because it goes without saying make no difference. Where the order of names has a
meaning, of questions in a form for example, the names are a cell of their own.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import timedelta
from typing import Any

from gradus.core.words import in_words
from gradus.policy import tree
from gradus.policy.actions import ActionCall
from gradus.policy.automations import DAYS, After, Automation, OnMove, Trigger
from gradus.policy.books import Book, Right, TransitionRule
from gradus.policy.process import Calendar, Limit, Process, Question, Rolling, State, TestCase
from gradus.policy.ruleset import move_of
from gradus.policy.values import Value, Values
from gradus.rulebook.form.writing import value_text

Path = tuple[str, ...]
Cell = tuple[Path, Any]
UNITS = ("weeks", "days", "hours", "minutes")
PLAIN_QUESTION = {each.name: each.default for each in fields(Question)}


class Order(tuple[str, ...]):
    """Names in an order that means something."""

    __slots__ = ()

    def same(self, other: "Order") -> bool:
        """Whether those that are in both stand in the same order; the others are cells of their own."""
        return [name for name in self if name in other] == [name for name in other if name in self]


def of_book(book: Book) -> Iterator[Cell]:
    """Every cell of a book of rules."""
    yield ("title",), book.title
    yield from _given({("frozen",): book.frozen})
    if book.definition is not None:
        yield from _process(book.definition, book.title)
    for name, field in book.fields.items():
        yield from _field(("fields", name), field)
    for name, condition in book.conditions.items():
        path = ("conditions", name)
        yield (*path, "if"), _condition(condition.text)
        yield from _given({(*path, "yes"): condition.yes, (*path, "no"): condition.no})
    yield ("transitions",), Order(book.transitions)
    for section, rules in (("permissions", book.permissions), ("transitions", book.transitions)):
        for rule in rules.values():
            yield from _rule((section, rule.name), book, rule)
    yield from _listed("limits", {each.id: _limit(each) for each in book.limits})
    yield from _listed("automations", {each.id: _automation(each) for each in book.automations})
    yield from _tests(book.tests)


def of_numbers(book: Values) -> Iterator[Cell]:
    """Every cell of a book of numbers."""
    yield from _given({("title",): book.title})
    for value in book.values.values():
        yield from _number(("values", value.name), value)


def _number(path: Path, value: Value) -> Iterator[Cell]:
    yield (*path, "value"), str(value)
    for name in ("min", "max"):
        if getattr(value, name) is not None:
            yield (*path, name), str(getattr(value, name))
    yield from _given({(*path, "title"): value.title, (*path, "help"): value.help})


def _process(process: Process, title: str) -> Iterator[Cell]:
    path = ("process",)
    yield from _given({("process", "title"): process.title}, {("process", "title"): title})
    yield from _given({("process", "help"): process.help})
    yield from _given({("process", "edition"): process.edition}, {("process", "edition"): 1})
    for name, label in process.labels.items():
        yield (*path, "labels", name), label
    yield from _questions((*path, "fields"), process.fields)
    yield (*path, "states"), Order(process.states)
    for state in process.states.values():
        yield from _state((*path, "states", state.name), state)


def _state(path: Path, state: State) -> Iterator[Cell]:
    yield (*path, "label"), state.label
    yield from _given({(*path, "tone"): state.tone}, {(*path, "tone"): "neutral"})


def _questions(path: Path, asked: Mapping[str, Question]) -> Iterator[Cell]:
    if asked:
        yield path, Order(asked)
    for question in asked.values():
        yield from _question((*path, question.name), question)


def _question(path: Path, question: Question) -> Iterator[Cell]:
    for name in (each.name for each in fields(Question)):
        value = getattr(question, name)
        if name == "choices":
            if value:
                yield (*path, name), Order(word for word, _label in value)
            yield from (((*path, name, word), label) for word, label in value)
        elif name == "when":
            yield from _given({(*path, name): _condition(value.text) if value else ""})
        elif name != "name" and (name in {"type", "label"} or value != PLAIN_QUESTION[name]):
            yield (*path, name), value


def _field(path: Path, field: tree.Field) -> Iterator[Cell]:
    """Of what is declared: answers are questions, and the state is there without a word."""
    if field.answer:
        return
    if "" not in field.choices:
        yield (*path, "path"), field.lookup.removesuffix("__pk").replace("__", ".")
    yield from _given({(*path, "show"): field.show, (*path, "type"): "money" if field.money else ""})


def _rule(path: Path, book: Book, rule: Right) -> Iterator[Cell]:
    for role, row in rule.rows.items():
        yield (*path, role.value), _condition(row.text)
    if not rule.rows:
        yield path, "nobody"
    yield from _given({(*path, "forbid"): _condition(rule.forbid_text)})
    if not isinstance(rule, TransitionRule):
        return
    if (move := move_of(book, rule)) is not None:
        yield (*path, "from"), ", ".join(source or "the beginning" for source in sorted(move.sources))
        yield (*path, "to"), move.target or "the same state"
    yield from _given({(*path, "then"): list(map(_call, rule.then))})
    yield (*path, "label"), rule.label or in_words(rule.name)
    said = {"done": rule.done, "tone": rule.tone, "confirm": rule.confirm, "waiting": rule.waiting}
    usual = {"done": "", "tone": "neutral", "confirm": "", "waiting": True}
    yield from (((*path, key), value) for key, value in said.items() if value != usual[key])
    yield from _questions((*path, "ask"), rule.ask)


def _limit(limit: Limit) -> dict[str, Any]:
    owner = f"obj.{limit.of.name}" if isinstance(limit.of, tree.Field) else "user"
    return {
        "on": limit.on, "count": limit.count, "allow": limit.allow, "per": _period(limit.per), "of": owner,
        "say": limit.say,
    }  # fmt: skip


def _automation(each: Automation) -> dict[str, Any]:
    key, said = _trigger(each.trigger)
    optional = {
        "if": "" if each.text == "always" else _condition(each.text), "clock": each.clock.name if each.clock else "",
        "again": _span(each.again) if each.again else "", "live": each.live,
    }  # fmt: skip
    return {key: said, **{name: value for name, value in optional.items() if value}, "do": list(map(_call, each.do))}


def _trigger(trigger: Trigger) -> tuple[str, str]:
    if isinstance(trigger, OnMove):
        return "on", trigger.transition or f"{trigger.source} -> {trigger.target}"
    if isinstance(trigger, After):
        return "after", f"{_span(trigger.span)} in {trigger.state}"
    day = "day" if trigger.weekday is None else DAYS[trigger.weekday]
    return "every", f"{f'month on {trigger.day}' if trigger.day else day} at {trigger.at:%H:%M}"


def _call(call: ActionCall) -> dict[str, Any]:
    return {call.action: call.target, **dict(sorted(call.params.items()))}


def _tests(tests: Iterable[TestCase]) -> Iterator[Cell]:
    """Each under who asks and what is given; the order of tests means nothing."""
    found: dict[Path, set[str]] = {}
    for test in tests:
        who = {"role": test.role, **({"is": sorted(test.is_)} if test.is_ else {}), **dict(sorted(test.facts.items()))}
        asked = f"as {value_text(who)}, given {value_text(dict(sorted(test.given.items())))}"
        found.setdefault(("tests", asked, "may"), set()).add(", ".join(sorted(test.may)) or "nothing")
    yield from ((path, "; ".join(sorted(may))) for path, may in found.items())


def _listed(section: str, found: Mapping[str, Mapping[str, Any]]) -> Iterator[Cell]:
    """A list whose entries have an `id`."""
    if found:
        yield (section,), Order(found)
    for name, table in found.items():
        yield from (((section, name, key), value) for key, value in table.items())


def _given(cells: Mapping[Path, Any], usual: Mapping[Path, Any] | None = None) -> Iterator[Cell]:
    """Those that say something: not empty, and not what goes without saying."""
    for path, value in cells.items():
        if value and value != (usual or {}).get(path):
            yield path, value


def _condition(text: str) -> str:
    """As it is read: without its blanks, its needless brackets and its kind of quotes."""
    return ast.unparse(ast.parse(" ".join(text.split()), mode="eval")) if text else ""


def _period(per: Rolling | Calendar) -> str:
    return f"calendar {per.unit}" if isinstance(per, Calendar) else _span(per.span)


def _span(span: timedelta) -> str:
    """In the largest unit that is whole: “2 days”."""
    whole = ((unit, divmod(span, timedelta(**{unit: 1}))) for unit in UNITS)
    unit, number = next((unit, number) for unit, (number, rest) in whole if not rest)
    return f"{number} {unit if number != 1 else unit.removesuffix('s')}"
