"""The normal form: negation at the leaves, the column on the left, durations beside what is known.

Both compilers and the explanation start from here, so they cannot disagree about what a rule means.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from gradus.policy import tree

ALWAYS, NEVER = tree.Truth(value=True), tree.Truth(value=False)


def normalise(node: tree.Node, *, negated: bool = False) -> tree.Node:
    """An equivalent tree without Not, whose comparisons have their column (if any) alone on the left."""
    match node:
        case tree.Not(inner):
            return normalise(inner, negated=not negated)
        case tree.And(nodes):
            return _joined([normalise(part, negated=negated) for part in nodes], tree.Or if negated else tree.And)
        case tree.Or(nodes):
            return _joined([normalise(part, negated=negated) for part in nodes], tree.And if negated else tree.Or)
        case tree.Named(name, inner, yes, no):
            inner = normalise(inner, negated=negated)
            return tree.Named(name, inner, yes, no, negated=node.negated != negated, text=node.text)
        case tree.Compare():
            return _compare(node, negated=negated)
        case tree.Truth(value):
            return tree.Truth(value=value != negated)
    return replace(node, negated=node.negated != negated)


def both(one: tree.Node, two: tree.Node) -> tree.Node:
    """That two conditions in normal form hold, in normal form."""
    return _joined((one, two), tree.And)


def _joined(nodes: Iterable[tree.Node], join: type[tree.And] | type[tree.Or]) -> tree.Node:
    """One flat level of normal forms; `always` and `never` decide it or vanish from it."""
    neutral, decisive = (ALWAYS, NEVER) if join is tree.And else (NEVER, ALWAYS)
    parts: list[tree.Node] = []
    for part in nodes:
        if part == decisive:
            return decisive
        if part != neutral:
            parts.extend(part.nodes if isinstance(part, join) else (part,))
    if not parts:
        return neutral
    return parts[0] if len(parts) == 1 else join(tuple(parts))


def _compare(node: tree.Compare, *, negated: bool) -> tree.Compare:
    op = tree.OPPOSITE[node.op] if negated else node.op
    left, right = node.left, node.right
    if not has_column(left) and has_column(right):
        op, left, right = tree.SWAPPED[op], right, left
    if isinstance(left, tree.Shift) and isinstance(left.of, tree.Field):
        right, left = _moved(right, -left.by), left.of
    return tree.Compare(op, left, right, missing=node.missing != negated)


def _moved(operand: tree.Operand, by: timedelta) -> tree.Operand:
    if isinstance(operand, tree.Shift):
        return _moved(operand.of, operand.by + by)
    if not isinstance(operand, tree.Field | tree.Now | tree.Fact):
        raise TypeError(f"{operand} is no moment")
    return tree.Shift(operand, by) if by else operand


def has_column(operand: tree.Operand) -> bool:
    return isinstance(operand.of if isinstance(operand, tree.Shift) else operand, tree.Field)
