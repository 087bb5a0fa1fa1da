"""Compile a normalised tree to closures. One call per node, nothing allocated, no `eval`.

Every closure takes (object, id of the person or None, person or None, now).
"""

from collections.abc import Callable
from datetime import datetime
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from gradus.policy import tree

Check = Callable[[Any, int | None, Any, datetime], bool]
Read = Callable[[Any, int | None, Any, datetime], Any]
ORDER: dict[str, Callable[[Any, Any], bool]] = {"eq": eq, "ne": ne, "lt": lt, "le": le, "gt": gt, "ge": ge}


def compile_check(node: tree.Node) -> Check:
    """The closure of a normalised tree."""
    match node:
        case tree.Truth(value):
            return _always if value else _never
        case tree.Named(node=inner):
            return compile_check(inner)
        case tree.And(nodes):
            return _all([compile_check(part) for part in nodes])
        case tree.Or(nodes):
            return _any([compile_check(part) for part in nodes])
        case tree.Compare():
            return _comparison(node)
        case tree.OneOf():
            return _one_of(node)
        case tree.Holds():
            return _holds(node)
        case tree.Missing():
            return _missing(node)
        case tree.Term():
            return _term(node)
    raise TypeError(f"{node} is not in normal form")


def read(operand: tree.Operand) -> Read:
    """The closure that reads one operand; a missing value is None."""
    match operand:
        case tree.Const(value):
            return lambda _o, _i, _u, _n: value
        case tree.Person():
            return lambda _o, i, _u, _n: i
        case tree.Now():
            return lambda _o, _i, _u, n: n
        case tree.Field(read=get):
            return lambda o, _i, _u, _n: get(o)
        case tree.Fact(read=get):
            return lambda _o, _i, u, _n: None if u is None else get(u)
        case tree.Shift(of, by):
            return _shifted(read(of), by)
    raise TypeError(f"{operand} has no value yet")


def _shifted(of: Read, by: Any) -> Read:
    def moved(o: Any, i: int | None, u: Any, n: datetime) -> Any:
        moment = of(o, i, u, n)
        return None if moment is None else moment + by

    return moved


def _always(_o: Any, _i: int | None, _u: Any, _n: datetime) -> bool:
    return True


def _never(_o: Any, _i: int | None, _u: Any, _n: datetime) -> bool:
    return False


def _all(checks: list[Check]) -> Check:
    if len(checks) == 2:
        a, b = checks
        return lambda o, i, u, n: a(o, i, u, n) and b(o, i, u, n)
    if len(checks) == 3:
        a, b, c = checks
        return lambda o, i, u, n: a(o, i, u, n) and b(o, i, u, n) and c(o, i, u, n)

    def every(o: Any, i: int | None, u: Any, n: datetime) -> bool:
        for check in checks:  # noqa: SIM110 - all() with a generator costs an allocation per decision
            if not check(o, i, u, n):
                return False
        return True

    return every


def _any(checks: list[Check]) -> Check:
    if len(checks) == 2:
        a, b = checks
        return lambda o, i, u, n: a(o, i, u, n) or b(o, i, u, n)
    if len(checks) == 3:
        a, b, c = checks
        return lambda o, i, u, n: a(o, i, u, n) or b(o, i, u, n) or c(o, i, u, n)

    def some(o: Any, i: int | None, u: Any, n: datetime) -> bool:
        for check in checks:  # noqa: SIM110 - as above
            if check(o, i, u, n):
                return True
        return False

    return some


def _comparison(node: tree.Compare) -> Check:
    match node:
        case tree.Compare(op="eq" | "ne" as op, left=tree.Field(read=get), right=tree.Const(value)):
            return (lambda o, _i, _u, _n: get(o) == value) if op == "eq" else (lambda o, _i, _u, _n: get(o) != value)
        case tree.Compare(op="eq", left=tree.Field(read=get), right=tree.Person()):
            return lambda o, i, _u, _n: i is not None and get(o) == i
        case tree.Compare(op="ne", left=tree.Field(read=get), right=tree.Person()):
            return lambda o, i, _u, _n: i is None or get(o) != i
        case tree.Compare(left=tree.Field(read=get), right=tree.Const(value)):
            return _ordered_constant(node, get, value)
    return _general(node)


def _ordered_constant(node: tree.Compare, get: Callable[[Any], Any], value: Any) -> Check:
    order, missing = ORDER[node.op], node.missing

    def ordered(o: Any, _i: int | None, _u: Any, _n: datetime) -> bool:
        found = get(o)
        return missing if found is None else order(found, value)

    return ordered


def _general(node: tree.Compare) -> Check:
    left, right, missing = read(node.left), read(node.right), node.missing
    order = ORDER[node.op]

    def compared(o: Any, i: int | None, u: Any, n: datetime) -> bool:
        one = left(o, i, u, n)
        if one is None or (two := right(o, i, u, n)) is None:
            return missing
        return order(one, two)

    return compared


def _one_of(node: tree.OneOf) -> Check:
    get, negated, values = read(node.left), node.negated, node.values
    if isinstance(values, tree.Fact):
        return _among_facts(get, read(values), negated=negated)
    among = frozenset(values)
    if isinstance(node.left, tree.Field):
        return _field_among(node.left.read, among, negated=negated)
    if negated:
        return lambda o, i, u, n: get(o, i, u, n) not in among
    return lambda o, i, u, n: get(o, i, u, n) in among


def _field_among(get: Callable[[Any], Any], among: frozenset[Any], *, negated: bool) -> Check:
    if negated:
        return lambda o, _i, _u, _n: get(o) not in among
    return lambda o, _i, _u, _n: get(o) in among


def _among_facts(get: Read, values: Read, *, negated: bool) -> Check:
    def among(o: Any, i: int | None, u: Any, n: datetime) -> bool:
        value = get(o, i, u, n)
        return bool(value is not None and value in (values(o, i, u, n) or ())) != negated

    return among


def _holds(node: tree.Holds) -> Check:
    values, get, negated = node.many.read, read(node.item), node.negated

    def holds(o: Any, i: int | None, u: Any, n: datetime) -> bool:
        item = get(o, i, u, n)
        return bool(item is not None and item in values(o)) != negated

    return holds


def _missing(node: tree.Missing) -> Check:
    if isinstance(node.of, tree.Field):
        bare = node.of.read
        return (lambda o, _i, _u, _n: bare(o) is not None) if node.negated else (lambda o, _i, _u, _n: bare(o) is None)
    get, negated = read(node.of), node.negated
    return lambda o, i, u, n: (get(o, i, u, n) is None) != negated


def _term(node: tree.Term) -> Check:
    test, negated = node.test, node.negated
    return lambda o, _i, u, _n: bool(test(u, o)) != negated
