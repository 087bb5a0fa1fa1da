"""From a condition's text to our own tree, through a whitelist of `ast` nodes and nothing else.

Python's parser is only asked about text that already looks harmless: short, shallow, plain numbers and
quotes without escapes. Whatever it still raises becomes a RuleError.
"""

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any, Protocol

from gradus.policy import tree
from gradus.policy.errors import RuleError, nearest, phrase
from gradus.policy.kinds import check_comparison, check_list, check_order, describe

LONGEST = 1000
DEEPEST = 25
LIST_LIMIT = 100
LONGEST_SPAN = timedelta(days=36600)
LONE_EQUALS = re.compile(r"""^(?:'[^']*'|"[^"]*"|[^'"])*?(?<![=!<>])=(?!=)""")
SAID_SO = {"yes": "true", "no": "false"}
SPANS = ("days", "hours", "minutes", "seconds", "weeks")
OPS: dict[type[ast.cmpop], tree.Op] = {
    ast.Eq: "eq", ast.NotEq: "ne", ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge",
}  # fmt: skip

_QUOTED = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"")
_PLAIN = re.compile(r"[A-Za-z0-9_.,()\[\]<>=!+\- ]*")
_NUMBER = re.compile(r"(?<![\w.])\d[\w.]*|(?<![\w\])])\.\d[\w.]*")
_BRACKET = re.compile(r"[()\[\]]")
_SIGN = re.compile(r"\bnot\b|-|\+")
_NUMBER_FORM = re.compile(r"\d{1,15}(\.\d{1,9})?")


# What most conditions are made of: several times faster than asking each node for its fields.
_INSIDE: dict[type[ast.AST], Callable[[Any], Iterable[ast.AST]]] = {
    ast.Name: lambda _node: (),
    ast.Constant: lambda _node: (),
    ast.Attribute: lambda node: (node.value,),
    ast.BoolOp: lambda node: node.values,
    ast.Compare: lambda node: (node.left, *node.comparators),
}


class Scope(Protocol):
    """What the names of a condition mean for one book."""

    def field(self, name: str) -> tree.Field: ...
    def fact(self, name: str) -> tree.Fact: ...
    def condition(self, name: str) -> tree.Node: ...
    def happening(self, name: str) -> tree.Happening: ...


def parse(text: str, scope: Scope) -> tree.Node:
    """The typed tree of a condition. Raises RuleError, whatever the text."""
    root = _syntax(text)
    _check_depth(root)
    return _Reader(scope).condition(root)


def _syntax(text: str) -> ast.expr:
    text = " ".join(text.split()) if len(text) <= LONGEST else text
    _check_text(text)
    try:
        return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError, OverflowError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else type(error).__name__
        if LONE_EQUALS.search(text):
            reason = phrase("write == with two signs to ask whether two things are the same")
        raise RuleError(phrase("“{}” cannot be read: {}", text, reason)) from None


def _check_text(text: str) -> None:
    if len(text) > LONGEST:
        raise RuleError(
            phrase("a condition has at most {} characters; give parts of it a name in [conditions]", LONGEST)
        )
    if not text:
        raise RuleError(phrase("the condition is empty; write always or never"))
    if not text.isprintable() or "\\" in text:
        raise RuleError(phrase("a condition has no control characters and no backslashes"))
    bare = _QUOTED.sub("''", text)
    if not _PLAIN.fullmatch(bare.replace("''", "")):
        raise RuleError(phrase("“{}” holds something that is no part of the language", text))
    _check_nesting(bare)
    for number in _NUMBER.findall(bare):
        if not _NUMBER_FORM.fullmatch(number):
            raise RuleError(
                phrase("“{}” is not a number a condition can hold (at most 15 digits, such as 10000 or 2.5)", number)
            )


def _check_nesting(bare: str) -> None:
    depth = 0
    for char in _BRACKET.findall(bare):
        depth += 1 if char in "([" else -1
        if depth > DEEPEST:
            raise RuleError(phrase("the condition is nested too deeply; give parts of it a name in [conditions]"))
    if len(_SIGN.findall(bare)) > 4 * DEEPEST:
        raise RuleError(phrase("the condition has too many signs and negations"))


def _check_depth(root: ast.expr) -> None:
    level: list[ast.AST] = [root]
    for _ in range(2 * DEEPEST):
        level = [child for node in level for child in _INSIDE.get(type(node), ast.iter_child_nodes)(node)]
        if not level:
            return
    raise RuleError(phrase("the condition is nested too deeply; give parts of it a name in [conditions]"))


class _Reader:
    """Turns whitelisted `ast` nodes into ours; the depth is known to be small."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def condition(self, node: ast.expr) -> tree.Node:
        match node:
            case ast.BoolOp(op=op, values=values):
                parts = tuple(self.condition(value) for value in values)
                return tree.And(parts) if isinstance(op, ast.And) else tree.Or(parts)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return tree.Not(self.condition(operand))
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return self.comparison(left, op, right)
            case ast.Compare():
                raise RuleError(phrase("comparisons cannot be chained; write a <= b and b <= c"))
            case ast.Name(id=name):
                return self.named(name)
            case ast.Attribute():
                return self.flag(node)
        raise RuleError(phrase("{} is not a condition", _said(node)))

    def named(self, name: str) -> tree.Node:
        if name in {"always", "never"}:
            return tree.Truth(name == "always")
        if name in {"user", "obj", "now"}:
            raise RuleError(phrase("“{}” alone is not a condition; compare it with something", name))
        return self.scope.condition(name)

    def flag(self, node: ast.Attribute) -> tree.Node:
        operand = self.operand(node)
        if operand.kind != "flag" or getattr(operand, "many", False):
            raise RuleError(phrase("{} is not yes or no; compare it with something", _said(node)))
        return tree.Compare("eq", operand, tree.Const(value=True, kind="flag"), missing=False)

    def comparison(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> tree.Node:
        match op:
            case ast.Is() | ast.IsNot():
                return self.missing(left, right, negated=isinstance(op, ast.IsNot))
            case ast.In() | ast.NotIn():
                return self.membership(left, right, negated=isinstance(op, ast.NotIn))
        if _is_none(left) or _is_none(right):
            raise RuleError(phrase("nothing is equal to None; write is None or is not None"))
        return self.compare(OPS[type(op)], left, right)

    def compare(self, op: tree.Op, left: ast.expr, right: ast.expr) -> tree.Node:
        for this, other, turned in ((left, right, tree.SWAPPED[op]), (right, left, op)):
            if (since := self.age(this)) is not None:
                return self.aged(turned, since, other)
        one, two = self.operand(left), self.operand(right)
        one, two = check_comparison(one, two, _said(left), _said(right))
        check_order(op, one, _said(left))
        return tree.Compare(op, one, two, missing=op == "ne")

    def age(self, node: ast.expr) -> ast.expr | None:
        match node:
            case ast.BinOp(left=ast.Name(id="now"), op=ast.Sub(), right=ast.Attribute() as since):
                return since
        return None

    def aged(self, op: tree.Op, since: ast.expr, span: ast.expr) -> tree.Node:
        """`span OP now - x` is `x OP now - span`: the column stays bare, so an index can serve it."""
        moment = self.operand(since)
        if moment.kind != "moment" or isinstance(moment, tree.Const):
            raise RuleError(phrase("{} is {}, not a moment in time, so it has no age", _said(since), describe(moment)))
        return tree.Compare(op, moment, tree.Shift(tree.Now(), -self.span(span)), missing=op == "ne")

    def missing(self, left: ast.expr, right: ast.expr, *, negated: bool) -> tree.Node:
        if not _is_none(right):
            raise RuleError(phrase("“is” goes with None only; write =="))
        operand = self.operand(left)
        if isinstance(operand, tree.Field) and operand.many:
            raise RuleError(phrase("{} holds many values and is never None", _said(left)))
        return tree.Missing(operand, negated=negated)

    def membership(self, left: ast.expr, right: ast.expr, *, negated: bool) -> tree.Node:
        item = self.operand(left)
        if isinstance(right, ast.List | ast.Tuple):
            return self.one_of(item, right, _said(left), negated=negated)
        group = self.operand(right, many=True)
        if isinstance(group, tree.Field) and group.many:
            check_comparison(group, item, _said(right), _said(left))
            return tree.Holds(group, item, negated=negated)
        if isinstance(group, tree.Fact) and group.many:
            check_comparison(group, item, _said(right), _said(left))
            return tree.OneOf(item, group, negated=negated)
        raise RuleError(phrase("{} is not a list", _said(right)))

    def one_of(self, item: tree.Operand, listed: ast.List | ast.Tuple, said: object, *, negated: bool) -> tree.Node:
        if not listed.elts or len(listed.elts) > LIST_LIMIT:
            raise RuleError(phrase("a list has between 1 and {} values", LIST_LIMIT))
        return tree.OneOf(item, check_list(item, list(self.literals(listed.elts)), said), negated=negated)

    def literals(self, nodes: Sequence[ast.expr]) -> Iterator[tree.Const]:
        for node in nodes:
            value = self.operand(node)
            if not isinstance(value, tree.Const):
                raise RuleError(phrase("a list holds literals only, not {}", _said(node)))
            yield value

    def operand(self, node: ast.expr, *, many: bool = False) -> tree.Operand:
        found = self.any_operand(node)
        if not many and getattr(found, "many", False):
            raise RuleError(phrase("{} holds many values; write … in {}", _said(node), _said(node)))
        return found

    def any_operand(self, node: ast.expr) -> tree.Operand:
        match node:
            case ast.Constant():
                return self.constant(node)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant() as positive):
                return self.negative(positive)
            case ast.Name(id="user" | "now" | "source" | "target" | "true" | "false" as word):
                return self.word(word)
            case ast.Attribute(value=ast.Name(id="obj"), attr=name):
                return self.scope.field(name)
            case ast.Attribute(value=ast.Name(id="user"), attr=name):
                return self.scope.fact(name)
            case ast.Call():
                return tree.Const(self.span(node), "duration")
            case ast.BinOp():
                return self.shifted(node)
        raise RuleError(_unknown(node, self.scope))

    def word(self, word: str) -> tree.Operand:
        match word:
            case "user":
                return tree.Person()
            case "now":
                return tree.Now()
            case "source" | "target":
                return self.scope.happening(word)
        return tree.Const(value=word == "true", kind="flag")

    def constant(self, node: ast.Constant) -> tree.Const:
        match node.value:
            case bool():
                return tree.Const(node.value, "flag")
            case int():
                return tree.Const(node.value, "whole")
            case float():
                return tree.Const(Decimal(str(node.value)), "decimal")
            case str():
                return tree.Const(node.value, "text")
        raise RuleError(phrase("{} is not a value a condition can hold", _said(node)))

    def negative(self, node: ast.Constant) -> tree.Const:
        value = self.constant(node)
        if value.kind not in {"whole", "decimal"}:
            raise RuleError(phrase("a minus goes with a number, not with {}", _said(node)))
        return tree.Const(-value.value, value.kind)

    def span(self, node: ast.expr) -> timedelta:
        match node:
            case ast.Call(func=ast.Name(id=unit), args=[ast.Constant(value=int(count))], keywords=[]) if (
                unit in SPANS and not isinstance(count, bool)
            ):
                return _duration(unit, count)
            case ast.Call(func=ast.Name(id=name)) if name not in SPANS:
                raise RuleError(phrase("{}(): nothing can be called but durations{}", name, nearest(name, SPANS)))
        raise RuleError(phrase("{} is not a duration; write one such as days(7) or hours(2)", _said(node)))

    def shifted(self, node: ast.BinOp) -> tree.Operand:
        of = self.operand(node.left)
        if not isinstance(node.op, ast.Add | ast.Sub) or not isinstance(of, tree.Field | tree.Now | tree.Fact):
            raise RuleError(
                phrase("{}: the only arithmetic is a moment plus or minus a duration, and now - obj.x", _said(node))
            )
        if of.kind != "moment":
            raise RuleError(
                phrase(
                    "{} is {}, not a moment in time; nothing can be added to it, so compare "
                    "it as it is, or keep the result in a field of its own",
                    _said(node.left),
                    describe(of),
                )
            )
        by = self.span(node.right)
        return tree.Shift(of, by if isinstance(node.op, ast.Add) else -by)


def _duration(unit: str, count: int) -> timedelta:
    if count > LONGEST_SPAN.total_seconds() or (span := timedelta(**{unit: count})) > LONGEST_SPAN:
        raise RuleError(phrase("{}({}) is longer than a hundred years", unit, count))
    return span


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


class _said:  # noqa: N801 - reads as what it gives
    """The text of a node, written out only when somebody is told."""

    __slots__ = ("node",)

    def __init__(self, node: ast.AST) -> None:
        self.node = node

    def __str__(self) -> str:
        return ast.unparse(self.node)


def _unknown(node: ast.expr, scope: Scope) -> str:
    if isinstance(node, ast.Name):
        with suppress(RuleError):  # a field that is named without obj. is what people mean by its name
            scope.field(node.id)
            return phrase("“{}” is a field; write obj.{}", node.id, node.id)
        if said := SAID_SO.get(node.id.lower()):
            return phrase("“{}” is not a value; write {}", node.id, said)
        return phrase("“{}” is not a value{}", node.id, nearest(node.id, ("user", "obj", "now")))
    if isinstance(node, ast.Attribute):
        return phrase("{}: only obj.name and user.name can be read, one step deep", _said(node))
    return phrase("{} is not a value a condition can hold", _said(node))
