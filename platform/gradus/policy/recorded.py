"""Deciding again from the facts of a recorded decision, by the books of another version.

A fact that was not recorded then makes the verdict unknown, unless the rest decides it. `policy.facts` writes what is
read here.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from gradus.accounts.roles import Role
from gradus.policy import tree
from gradus.policy.books import Book, Right, TransitionRule
from gradus.policy.evaluate import compile_check
from gradus.policy.ruleset import move_of

Facts = Mapping[str, Any]
FORMS: dict[str, Callable[[Any], Any]] = {
    "moment": datetime.fromisoformat,
    "date": date.fromisoformat,
    "duration": lambda seconds: timedelta(seconds=seconds),
    "decimal": Decimal,
}


class Unrecorded(Exception):  # noqa: N818 - a signal between two ways of deciding
    """Nobody kept what a condition asks for."""


Verdict = Callable[[Callable[[], Facts | None]], bool | None]


class Recorded:
    """Decides recorded cases by one book."""

    def __init__(self, book: Book) -> None:
        self.book = book

    def decide(self, name: str, role: Role, source: str, facts: Facts) -> bool | None:
        """Whether it would be allowed; None when that depends on what was not recorded."""
        return self.verdict(name, role, source)(lambda: facts)

    def verdict(self, name: str, role: Role, source: str) -> Verdict:
        """The same question put to many cases: it asks for the facts of each only when they matter."""
        rule = self.book.rule(name)
        row = rule.rows.get(role) if rule is not None and self._starts_in(rule, source) else None
        if row is None:
            return lambda _facts: False
        if isinstance(row.whole, tree.Truth):
            value = row.whole.value
            return lambda _facts: value
        return _verdict(_from_facts(row.whole))

    def _starts_in(self, rule: Right, source: str) -> bool:
        if not isinstance(rule, TransitionRule):
            return True
        move = move_of(self.book, rule)
        return move is not None and move.starts_in(source)


def _verdict(node: tree.Node) -> Verdict:
    check = compile_check(node)

    def verdict(read: Callable[[], Facts | None]) -> bool | None:
        facts = read()
        if not facts:
            return None
        person = facts["user"].get("id")
        case = (facts, person, None if person is None else facts, datetime.fromisoformat(facts["now"]))
        try:
            return check(*case)
        except Unrecorded:
            return _unsure(node, case)

    return verdict


def _unsure(node: tree.Node, case: tuple[Any, int | None, Any, datetime]) -> bool | None:
    """With three values: what is unknown stays so only where the rest does not decide."""
    match node:
        case tree.Named(node=inner):
            return _unsure(inner, case)
        case tree.And(nodes) | tree.Or(nodes):
            decisive = isinstance(node, tree.Or)
            found = [_unsure(inner, case) for inner in nodes]
            if decisive in found:
                return decisive
            return None if None in found else not decisive
    try:
        return compile_check(node)(*case)
    except Unrecorded:
        return None


def _from_facts(node: tree.Node) -> tree.Node:
    """The same condition, reading facts where it read an object and a person."""
    match node:
        case tree.And(nodes):
            return tree.And(tuple(map(_from_facts, nodes)))
        case tree.Or(nodes):
            return tree.Or(tuple(map(_from_facts, nodes)))
        case tree.Named(node=inner):
            return replace(node, node=_from_facts(inner))
        case tree.Compare(left=left, right=right):
            return replace(node, left=_kept(left), right=_kept(right))
        case tree.OneOf(left=left, values=values):
            return replace(node, left=_kept(left), values=_kept(values) if isinstance(values, tree.Fact) else values)
        case tree.Holds(many=many, item=item):
            return replace(node, many=_kept(many), item=_kept(item))
        case tree.Missing(of=of):
            return replace(node, of=_kept(of))
        case tree.Term(name=name):
            return replace(node, test=lambda _user, facts: bool(_find(facts, "terms", name)))
    return node


def _kept(operand: Any) -> Any:
    match operand:
        case tree.Field() | tree.Fact():
            return replace(operand, read=_reader(operand))
        case tree.Shift(of=of):
            return replace(operand, of=_kept(of))
    return operand


def _reader(operand: tree.Field | tree.Fact) -> Callable[[Facts], Any]:
    part, name = ("obj" if isinstance(operand, tree.Field) else "user"), operand.name
    form = FORMS.get(operand.kind, lambda value: value)
    if operand.many:
        return lambda facts: frozenset(map(form, _find(facts, part, name) or ()))

    def read(facts: Facts) -> Any:
        value = _find(facts, part, name)
        return None if value is None else form(value)

    return read


def _find(facts: Facts, part: str, name: str) -> Any:
    try:
        return facts[part][name]
    except KeyError:
        raise Unrecorded(name) from None
