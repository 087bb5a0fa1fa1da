"""Compile a normalised tree to ALL, NONE or a Q, with everything about the person folded first.

Negation already sits in the leaves, so nothing here writes NOT around a comparison; what is true when a
side is missing is OR-ed with IS NULL of each nullable side.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.lookups import (
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    In,
    IsNull,
    LessThan,
    LessThanOrEqual,
)

from gradus.policy import tree
from gradus.policy.answers import Answer
from gradus.policy.evaluate import compile_check, read
from gradus.policy.lookups import NotEqual, NotIn
from gradus.policy.normal import has_column


class Everything(Enum):
    """The two filters that need no condition; NONE needs no query either."""

    ALL = "all"
    NONE = "none"


ALL, NONE = Everything.ALL, Everything.NONE
Filter = Q | Everything
SUFFIX = {"eq": "exact", "ne": "ne", "lt": "lt", "le": "lte", "gt": "gt", "ge": "gte"}
LOOKUP: dict[str, Any] = {
    "eq": Exact, "ne": NotEqual, "lt": LessThan, "le": LessThanOrEqual, "gt": GreaterThan, "ge": GreaterThanOrEqual,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asker:
    """What is known before any row is read."""

    model: type[models.Model]
    uid: int | None
    user: Any
    now: datetime


def compile_filter(node: tree.Node, asker: Asker) -> Filter:
    """The rows of `asker.model` for which the tree is true for this person, now."""
    match node:
        case tree.Named(node=inner):
            return compile_filter(inner, asker)
        case tree.And(nodes):
            return join([compile_filter(part, asker) for part in nodes], every=True)
        case tree.Or(nodes):
            return join([compile_filter(part, asker) for part in nodes], every=False)
        case tree.Term():
            return _term(node, asker)
        case tree.Holds():
            return _holds(node, asker)
        case tree.Compare(left=left, right=right) if has_column(left) and has_column(right):
            return _columns(node)
        case tree.Compare(left=left) if has_column(left):
            return _constant(node, asker)
        case tree.OneOf(left=tree.Field()):
            return _one_of(node, asker)
        case tree.Missing(of=of) if has_column(of):
            return _missing(node)
    return truth(compile_check(node)(None, asker.uid, asker.user, asker.now))


def truth(value: bool) -> Everything:  # noqa: FBT001 - the value is all there is
    return ALL if value else NONE


def join(parts: list[Filter], *, every: bool) -> Filter:
    """AND (every) or OR of filters; ALL and NONE decide it or vanish from it."""
    decisive = NONE if every else ALL
    if decisive in parts:
        return decisive
    conditions = [part for part in parts if isinstance(part, Q)]
    if not conditions:
        return truth(every)
    return reduce(and_ if every else or_, conditions)


def _value(operand: tree.Operand, asker: Asker) -> Any:
    return read(operand)(None, asker.uid, asker.user, asker.now)


def expression(operand: tree.Operand) -> Any:
    """The SQL value of a column, or of a moment near it."""
    if isinstance(operand, tree.Shift):
        return expression(operand.of) + operand.by
    if isinstance(operand, tree.Field):
        return Answer(operand.answer, operand.kind) if operand.answer else F(operand.lookup)
    raise TypeError(f"{operand} is no column")


def _leaf(field: tree.Field, op: str, value: Any) -> Q:
    if field.answer or isinstance(value, Answer):
        return Q(LOOKUP[op](expression(field), value))
    return Q(**{f"{field.lookup}__{SUFFIX[op]}": value})


def _is_null(operand: tree.Operand) -> Q:
    field = operand.of if isinstance(operand, tree.Shift) else operand
    if not isinstance(field, tree.Field) or not (field.nullable or field.answer):
        return Q()
    if field.answer:
        return Q(IsNull(expression(field), True))  # noqa: FBT003 - Django's signature
    return Q(**{f"{field.lookup}__isnull": True})


def _constant(node: tree.Compare, asker: Asker) -> Filter:
    value = _value(node.right, asker)
    if value is None:
        return truth(node.missing)
    leaf = _leaf(_column(node.left), node.op, value)
    return _or_null(leaf, node.left) if node.missing else leaf


def _columns(node: tree.Compare) -> Filter:
    left = _column(node.left)
    if left.answer or _column(node.right).answer:
        leaf = Q(LOOKUP[node.op](expression(node.left), expression(node.right)))
    else:
        leaf = _leaf(left, node.op, expression(node.right))
    return _or_null(leaf, node.left, node.right) if node.missing else leaf


def _column(operand: tree.Operand) -> tree.Field:
    field = operand.of if isinstance(operand, tree.Shift) else operand
    if not isinstance(field, tree.Field):
        raise TypeError(f"{operand} is no column")
    return field


def _or_null(leaf: Q, *operands: tree.Operand) -> Q:
    return reduce(or_, (null for operand in operands if (null := _is_null(operand))), leaf)


def _one_of(node: tree.OneOf, asker: Asker) -> Filter:
    field = _column(node.left)
    values = _value(node.values, asker) if isinstance(node.values, tree.Fact) else node.values
    if not values:
        return truth(node.negated)
    listed = sorted(values)
    if field.answer:
        leaf = Q((NotIn if node.negated else In)(expression(field), listed))
    else:
        leaf = Q(**{f"{field.lookup}__{'notin' if node.negated else 'in'}": listed})
    return _or_null(leaf, field) if node.negated else leaf


def _missing(node: tree.Missing) -> Filter:
    null = _is_null(node.of)
    if not null:
        return truth(node.negated)
    field = _column(node.of)
    if not node.negated:
        return null
    if field.answer:
        return Q(IsNull(expression(field), False))  # noqa: FBT003 - Django's signature
    return Q(**{f"{field.lookup}__isnull": False})


def _holds(node: tree.Holds, asker: Asker) -> Filter:
    """The to-many side is asked inside a subquery on the same row, so no row is ever doubled."""
    item: Any
    if has_column(node.item):
        item = expression(node.item)
    elif (item := _value(node.item, asker)) is None:
        return truth(node.negated)
    rows = asker.model._base_manager.filter(pk=OuterRef("pk")).filter(**{node.many.lookup: item})
    return ~Q(Exists(rows)) if node.negated else Q(Exists(rows))


def _term(node: tree.Term, asker: Asker) -> Filter:
    found = node.q(asker.user)
    if isinstance(found, bool):
        return truth(found != node.negated)
    if not node.negated:
        return Q(found)
    return ~Q(Exists(asker.model._base_manager.filter(found, pk=OuterRef("pk"))))
