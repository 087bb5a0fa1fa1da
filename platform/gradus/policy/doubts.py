"""Conditions that can never be true, always are, or say a thing twice: found by trying values, without a database.

A condition becomes its cases (the ways it can be true). Leaves about one field and constants are tried with a value at,
between and beyond the constants, and with none; any other leaf is true or false, and never both. Where a condition
has too many cases nothing is said.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise, product
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from gradus.policy import machines, tree
from gradus.policy.books import Book, Condition, Right
from gradus.policy.errors import Problem, phrase
from gradus.policy.kinds import ORDERED
from gradus.policy.machines import ANY
from gradus.policy.normal import normalise
from gradus.policy.process import Question, When
from gradus.policy.source import Path, Source

Case = tuple[tree.Leaf, ...]
MOST_CASES = 500
OPS = {"eq": eq, "ne": ne, "lt": lt, "le": le, "gt": gt, "ge": ge}
OTHER = "\0something else"


def doubts(book: Book) -> Iterator[Problem]:
    """What rows of this book are hardly meant, each with its line and key."""
    source = Source(book.file, book.text)
    for section, rules in (("permissions", book.permissions), ("transitions", book.transitions)):
        for rule in rules.values():
            starts = starts_of(book, rule)
            for role, row in rule.rows.items():
                path = (section, rule.name, role.value)
                for text in _said(row, starts):
                    yield Problem(book.file, source.line(path), ".".join(path), text)
    for place, question, starts in _questions(book):
        for text in _asked(question.when, starts) if question.when is not None else ():
            key = (*place, "when")
            yield Problem(book.file, source.line(key), ".".join(map(str, key)), text)


def _questions(book: Book) -> Iterator[tuple[Path, Question, tuple[tree.Node, ...]]]:
    """Everything a book asks, with where it stands and what holds wherever it is asked."""
    for question in book.definition.fields.values() if book.definition else ():
        yield ("process", "fields", question.name), question, ()
    for rule in book.transitions.values():
        for question in rule.ask.values():
            yield ("transitions", rule.name, "ask", question.name), question, starts_of(book, rule)


def _asked(when: When, starts: tuple[tree.Node, ...]) -> Iterator[str]:
    if not possible(tree.And((when.node, *starts))):
        yield phrase("is never true, so this is never asked; correct the condition, or delete the field")
    elif not possible(tree.And((normalise(when.node, negated=True), *starts))):
        yield phrase("is always true; leave it out, or correct the condition")


def starts_of(book: Book, rule: Right) -> tuple[tree.Node, ...]:
    """That a transition is possible in some states only."""
    machine = machines.for_model(book.model)
    move = getattr(rule, "move", None) or (machine.moves.get(rule.name) if machine else None)
    state = book.fields.get(machine.state_field if machine else "state")
    if move is None or state is None or ANY in move.sources:
        return ()
    return (tree.OneOf(state, tuple(sorted(move.sources))),)


def _said(row: Condition, starts: tuple[tree.Node, ...]) -> Iterator[str]:
    if row.text in {"always", "never"}:
        if row.text == "always" and not possible(row.whole):
            yield phrase("is never true: everything it allows is forbidden; write never, or narrow the forbid")
        return
    if not possible(row.node):
        yield phrase("is never true; write never, or correct the condition")
    elif not possible(tree.And((row.node, *starts))):
        yield phrase("is never true in the states the transition starts from; write never, or correct the condition")
    elif not possible(row.whole):
        yield phrase("is never true: everything it allows is forbidden; write never, or narrow the forbid")
    elif not possible(normalise(row.node, negated=True)):
        yield phrase("is always true; write always, or correct the condition")
    else:
        yield from _shadowed(row)


def _shadowed(row: Condition) -> Iterator[str]:
    """Parts of an `or` that let through nothing which an earlier or wider part does not."""
    parts = row.node.nodes if isinstance(row.node, tree.Or) else ()
    for at, part in enumerate(parts):
        for other, wider in enumerate(parts):
            if other == at or possible(tree.And((part, normalise(wider, negated=True)))):
                continue
            equal = not possible(tree.And((wider, normalise(part, negated=True))))
            if not equal or other < at:
                yield phrase(
                    "part {} of its “or” adds nothing, because part {} is as wide; leave it out", at + 1, other + 1
                )
                break


def possible(node: tree.Node) -> bool:
    """Whether some object and person could make this true. In doubt, yes."""
    found = cases(node)
    return found is None or any(map(_holds_somewhere, found))


def cases(node: tree.Node) -> list[Case] | None:
    """The ways a normal form can be true, each a list of leaves that hold together; None when they are too many."""
    match node:
        case tree.Named(node=inner):
            return cases(inner)
        case tree.Truth(value):
            return [()] if value else []
        case tree.Or(nodes):
            several = [cases(inner) for inner in nodes]
            found = None if None in several else [case for some in several for case in some or ()]
        case tree.And(nodes):
            found = _together([cases(inner) for inner in nodes])
        case tree.Compare(left=tree.Const(value), right=tree.Const()):  # the states of an event are known
            found = [()] if _true(node, value) else []
        case tree.OneOf(left=tree.Const(value), values=tuple()):
            found = [()] if _true(node, value) else []
        case tree.Not():
            raise TypeError("normalise first")
        case _:
            return [(node,)]
    return found if found is not None and len(found) <= MOST_CASES else None


def _together(several: list[list[Case] | None]) -> list[Case] | None:
    found: list[Case] | None = [()]
    for some in several:
        if some is None or found is None or len(found) * len(some) > MOST_CASES:
            return None
        found = [(*one, *two) for one, two in product(found, some)]
    return found


def _holds_somewhere(case: Case) -> bool:
    about: dict[Any, list[tree.Leaf]] = defaultdict(list)
    plain: dict[tree.Leaf, bool] = {}
    for leaf in case:
        if (operand := _subject(leaf)) is not None:
            about[operand].append(leaf)
            continue
        positive, is_so = _positive(leaf)
        if plain.setdefault(positive, is_so) != is_so:
            return False
    return all(_some_value(of, leaves) for of, leaves in about.items())


def _some_value(of: tree.Field | tree.Fact, leaves: list[tree.Leaf]) -> bool:
    return any(all(_true(leaf, value) for leaf in leaves) for value in _values(of, leaves))


def _subject(leaf: tree.Leaf) -> tree.Field | tree.Fact | None:
    """The one thing a leaf compares with constants, or None."""
    match leaf:
        case tree.Compare(left=tree.Field() | tree.Fact() as of, right=right) if _is_constant(right):
            return of
        case tree.OneOf(left=tree.Field() | tree.Fact() as of, values=tuple()):
            return of
        case tree.Missing(of=tree.Field() | tree.Fact() as of):
            return of
    return None


def _is_constant(operand: tree.Operand) -> bool:
    return isinstance(operand.of if isinstance(operand, tree.Shift) else operand, tree.Const | tree.Now)


def _positive(leaf: tree.Leaf) -> tuple[tree.Leaf, bool]:
    """The leaf without its negation, and whether it was none."""
    if isinstance(leaf, tree.Compare) and leaf.missing:
        return tree.Compare(tree.OPPOSITE[leaf.op], leaf.left, leaf.right, missing=False), False
    if isinstance(leaf, tree.OneOf | tree.Holds | tree.Missing | tree.Term) and leaf.negated:
        return replace(leaf, negated=False), False
    return leaf, True


def _constant(operand: Any) -> Any:
    """A constant as a value; moments count from now."""
    match operand:
        case tree.Const(value):
            return value
        case tree.Now():
            return timedelta()
        case tree.Shift(by=by):
            return by
    return operand


def _true(leaf: tree.Leaf, value: Any) -> bool:
    match leaf:
        case tree.Compare(op, _, right, missing):
            return missing if value is None else bool(OPS[op](value, _constant(right)))
        case tree.OneOf(_, tuple(values), negated):
            return (value is not None and value in values) != negated
        case tree.Missing(_, negated):
            return (value is None) != negated
    raise TypeError(leaf)


def _values(of: tree.Field | tree.Fact, leaves: Iterable[tree.Leaf]) -> list[Any]:
    """A value for every difference these leaves can make."""
    named: set[Any] = set()
    for leaf in leaves:
        if isinstance(leaf, tree.Compare):
            named.add(_constant(leaf.right))
        elif isinstance(leaf, tree.OneOf) and isinstance(leaf.values, tuple):
            named.update(leaf.values)
    found = [None] if getattr(of, "nullable", True) else []
    if of.kind == "flag":
        return [*found, True, False]
    choices = getattr(of, "choices", ())
    if choices:
        return [*found, *choices]
    if of.kind not in ORDERED or not named:
        return [*found, *named, OTHER]
    return [*found, *_around(sorted(named), whole=of.kind == "whole")]


def _around(values: list[Any], *, whole: bool) -> Iterator[Any]:
    """At the values, between them and beyond them."""
    unit = timedelta(days=1) if isinstance(values[0], timedelta) else 1
    yield values[0] - unit
    yield from values
    for low, high in pairwise(values):
        if not whole:
            yield low + (high - low) / 2
        elif high - low > 1:
            yield low + 1
    yield values[-1] + unit
