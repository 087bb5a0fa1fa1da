"""Deciding again from the facts of a recorded decision, by the books of another version.

A fact that was not recorded then makes the verdict unknown, unless the rest decides it. `policy.facts` writes what is
read here.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from gradus.accounts.roles import Role
from gradus.policy import tree
from gradus.policy.books import Book, Right, TransitionRule
from gradus.policy.evaluate import compile_check
from gradus.policy.ruleset import move_of
from gradus.policy.texts import said
from gradus.policy.words import leaf_text, no_row, unknown_rule, wrong_state

Facts = Mapping[str, Any]
FactsCase = tuple[Facts, int | None, Facts | None, datetime]
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

    def missing(self, name: str, role: Role, facts: Facts) -> set[str]:
        """What its row asks for that was not recorded, by name."""
        rule = self.book.rule(name)
        row = rule.rows.get(role) if rule is not None else None
        kept = {part: facts.get(part, {}) for part in ("obj", "user", "terms")}
        wanted = _wanted(row.whole) if row is not None else ()
        return {found for part, found in wanted if found not in kept[part]}

    def reasons(self, name: str, role: Role, source: str, facts: Facts | None) -> list[str]:
        """Why it would be refused, in words and without values; nothing where it would not."""
        rule = self.book.rule(name)
        if rule is None:
            return [unknown_rule(name)]
        if not self._starts_in(rule, source):
            return [wrong_state(self.book, rule, source, move_of(self.book, rule))]
        row = rule.rows.get(role)
        if row is None:
            return [no_row(rule)]
        if isinstance(row.whole, tree.Truth) or not facts:
            return [] if row.whole == tree.Truth(value=True) else [_("Nobody may do this.")]
        return list(dict.fromkeys(_failing(_from_facts(row.whole), _case(facts))))

    def _starts_in(self, rule: Right, source: str) -> bool:
        if not isinstance(rule, TransitionRule):
            return True
        move = move_of(self.book, rule)
        return move is not None and move.starts_in(source)


def _case(facts: Facts) -> FactsCase:
    person = facts["user"].get("id")
    return facts, person, None if person is None else facts, datetime.fromisoformat(facts["now"])


def _verdict(node: tree.Node) -> Verdict:
    check = compile_check(node)

    def verdict(read: Callable[[], Facts | None]) -> bool | None:
        facts = read()
        if not facts:
            return None
        case = _case(facts)
        try:
            return check(*case)
        except Unrecorded:
            return _unsure(node, case)

    return verdict


def _unsure(node: tree.Node, case: FactsCase) -> bool | None:
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


def _failing(node: tree.Node, case: FactsCase) -> Iterator[str]:
    """The words of what does not hold; nothing of what holds or is unknown."""
    if _unsure(node, case) is not False:
        return
    match node:
        case tree.Named(node=inner, yes=yes, no=no, negated=negated):
            words = said(yes if negated else no)
            yield from [words] if words else _failing(inner, case)
        case tree.And(nodes) | tree.Or(nodes):
            for inner in nodes:
                yield from _failing(inner, case)
        case tree.Not():
            raise TypeError("normalise first")
        case _:
            yield leaf_text(node)


def _wanted(node: tree.Node) -> Iterator[tuple[str, str]]:
    """What a condition reads: of the object, of the person, and which terms."""
    match node:
        case tree.Named(node=inner):
            yield from _wanted(inner)
        case tree.And(nodes) | tree.Or(nodes):
            for inner in nodes:
                yield from _wanted(inner)
        case tree.Term(name=name):
            yield "terms", name
        case tree.Compare() | tree.OneOf() | tree.Holds() | tree.Missing():
            sides = (getattr(node, side, None) for side in ("left", "right", "values", "many", "item", "of"))
            for operand in (each.of if isinstance(each, tree.Shift) else each for each in sides):
                if isinstance(operand, tree.Field | tree.Fact):
                    yield "obj" if isinstance(operand, tree.Field) else "user", operand.name


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
