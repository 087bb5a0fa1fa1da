"""Conditions with the person supposed: what is left to ask of a row, whoever asks.

Somebody in particular is folded into the condition. Where a condition only compares people with columns, nobody in
particular is needed: whoever asks is the person a column names, or a stranger whom none of them names.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from gradus.policy import tree
from gradus.policy.evaluate import compile_check, read
from gradus.policy.normal import has_column, normalise


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person we know, or nobody."""

    user: Any = None

    @property
    def uid(self) -> int | None:
        return None if self.user is None else self.user.pk


@dataclass(frozen=True, slots=True)
class Named:
    """Whoever a column of the row names; the column is filled."""

    field: tree.Field


@dataclass(frozen=True, slots=True)
class Stranger:
    """Somebody whom none of the compared columns names."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A leaf that is SQL already."""

    q: Any
    negated: bool = False


Who = Somebody | Named | Stranger


def plain(node: tree.Node) -> tree.Node:
    """A tree in normal form without the names people gave its parts: what it means for rows."""
    match node:
        case tree.Named(node=inner):
            return plain(inner)
        case tree.And(nodes) | tree.Or(nodes):
            return replace(node, nodes=tuple(map(plain, nodes)))
        case tree.Compare(left=left, right=right):
            left, right = _plain(left), _plain(right)
            if node.op in {"eq", "ne"} and isinstance(left, tree.Field) and isinstance(right, tree.Field):
                left, right = sorted((left, right), key=lambda field: field.name)
            return replace(node, left=left, right=right)
        case tree.OneOf(left=left):
            return replace(node, left=_plain(left))
        case tree.Holds(many=many, item=item):
            return replace(node, many=_bare(many), item=_plain(item))
        case tree.Missing(of=of):
            return replace(node, of=_plain(of))
    return node


def _plain(operand: Any) -> Any:
    if isinstance(operand, tree.Shift):
        return replace(operand, of=_plain(operand.of))
    return _bare(operand) if isinstance(operand, tree.Field) else operand


def _bare(field: tree.Field) -> tree.Field:
    column = field.lookup or field.answer
    return replace(field, name=column, label="", show=frozenset(), choices=(), money=False)


def leaves(node: tree.Node) -> Iterator[tree.Node]:
    if isinstance(node, tree.And | tree.Or):
        for part in node.nodes:
            yield from leaves(part)
    else:
        yield node


def _operands(leaf: tree.Node) -> tuple[Any, ...]:
    found: tuple[Any, ...] = ()
    match leaf:
        case tree.Compare(left=left, right=right):
            found = left, right
        case tree.OneOf(left=left, values=values):
            found = left, values
        case tree.Holds(item=item):
            found = (item,)
        case tree.Missing(of=of):
            found = (of,)
    return tuple(each.of if isinstance(each, tree.Shift) else each for each in found)


def compared(node: tree.Node) -> set[tree.Field]:
    """The columns a plain tree compares with the person who asks."""
    return {
        leaf.left
        for leaf in leaves(node)
        if isinstance(leaf, tree.Compare) and isinstance(leaf.right, tree.Person) and isinstance(leaf.left, tree.Field)
    }


def depends_on_person(node: tree.Node) -> bool:
    """Whether it takes more than who the columns name: a fact, a term, or a person in a to-many field."""
    return any(map(_is_personal, leaves(node)))


def _is_personal(leaf: tree.Node) -> bool:
    if isinstance(leaf, tree.Term):
        return leaf.personal
    operands = _operands(leaf)
    if any(isinstance(each, tree.Fact) for each in operands):
        return True
    return isinstance(leaf, tree.Holds | tree.OneOf) and any(isinstance(each, tree.Person) for each in operands)


def suppose(node: tree.Node, who: Who, now: datetime) -> tree.Node:
    """A plain tree in normal form in which only rows are left to ask; the rest is folded."""
    return normalise(_suppose(node, who, now))


def _suppose(node: tree.Node, who: Who, now: datetime) -> tree.Node:
    if isinstance(node, tree.And | tree.Or):
        return replace(node, nodes=tuple(_suppose(part, who, now) for part in node.nodes))
    if isinstance(node, tree.Term):
        return _term(node, who)
    if not isinstance(who, Somebody):
        node = _without_person(node, who)
    someone = who if isinstance(who, Somebody) else Somebody()
    return _folded(node, someone, now)


def _term(node: tree.Term, who: Who) -> tree.Node:
    found = node.q(who.user if isinstance(who, Somebody) else None)
    if isinstance(found, bool) or not found:  # an empty Q is true of every row
        return tree.Truth(value=(found is not False) != node.negated)
    return Asked(found, negated=node.negated)  # type: ignore[return-value]


def _without_person(leaf: tree.Node, who: Named | Stranger) -> tree.Node:
    match leaf:
        case tree.Compare(op, tree.Person(), tree.Person()):
            return tree.Truth(value=op == "eq")
        case tree.Compare(op, _, tree.Person()) if isinstance(who, Stranger):
            return tree.Truth(value=op == "ne")
        case tree.Compare(op, left, tree.Person()) if isinstance(who, Named):
            if left == who.field:
                return tree.Truth(value=op == "eq")
            return plain(replace(leaf, right=who.field))
        case tree.Missing(tree.Person(), negated):
            return tree.Truth(value=negated)
    return leaf


def _folded(leaf: tree.Node, who: Somebody, now: datetime) -> tree.Node:
    """What is known without a row becomes a constant, or decides the leaf."""

    def known(operand: tree.Operand) -> Any:
        return read(operand)(None, who.uid, who.user, now)

    match leaf:
        case tree.Compare(left=left, right=right) if has_column(left):
            if has_column(right):
                return leaf
            value = known(right)
            return tree.Truth(leaf.missing) if value is None else replace(leaf, right=tree.Const(value, right.kind))
        case tree.OneOf(left=tree.Field(), values=tree.Fact() as fact):
            return replace(leaf, values=tuple(sorted(known(fact) or ())))
        case tree.OneOf(left=tree.Field()):
            return leaf
        case tree.Holds(item=item):
            if has_column(item):
                return leaf
            value = known(item)
            return tree.Truth(leaf.negated) if value is None else replace(leaf, item=tree.Const(value, item.kind))
        case tree.Missing(of=of) if has_column(of):
            return leaf
    return tree.Truth(compile_check(leaf)(None, who.uid, who.user, now))
