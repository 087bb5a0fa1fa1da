"""Whether somebody could create a thing at all, before they have filled anything in.

A condition on what is still to be typed may turn out either way, so it stands against nobody yet; one on the person,
the moment or what is known already decides. Rules are in normal form, where nothing is negated but leaves: with every
open leaf taken as true, what comes out false stays false whatever is typed.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from gradus.accounts.roles import Actor
from gradus.flow.models import Stateful
from gradus.policy import Decision, Right, tree
from gradus.policy.deciding import Case, case_for, decide_case
from gradus.policy.evaluate import compile_check

KNOWN = frozenset({"state", "kind", "created_at", "state_since"})


def outlook(obj: Stateful, name: str, actor: Actor, now: datetime) -> Decision:
    """The verdict on creating this blank object, as far as it is certain: allowed means perhaps."""
    case = case_for(actor, name, obj, now)
    if case.rule is None or actor.role not in case.rule.rows:
        return decide_case(case)
    return decide_case(replace(case, rule=_hopeful(case.rule, case)))


def _hopeful(rule: Right, case: Case) -> Right:
    row, known = rule.rows[case.actor.role], KNOWN | {type(case.obj).author_field}  # type: ignore[union-attr]
    node, whole = _relaxed(row.node, known), _relaxed(row.whole, known)
    hopeful = replace(row, node=node, whole=whole, check=compile_check(whole))
    forbidden = compile_check(node)(case.obj, case.actor.id, case.actor.user, case.now)
    kept = rule if forbidden else replace(rule, forbid=None, forbids=None)
    return replace(kept, rows={**rule.rows, case.actor.role: hopeful})


def _relaxed(node: tree.Node, known: frozenset[str]) -> tree.Node:
    match node:
        case tree.And(nodes) | tree.Or(nodes):
            return replace(node, nodes=tuple(_relaxed(part, known) for part in nodes))
        case tree.Named(node=inner):
            return replace(node, node=_relaxed(inner, known))
        case tree.Truth():
            return node
    return tree.Truth(True) if _is_open(node, known) else node  # noqa: FBT003 - the node `always`


def _is_open(leaf: Any, known: frozenset[str]) -> bool:
    """Whether it reads something that is still to be filled in; a term may read anything."""
    return isinstance(leaf, tree.Term) or any(not _is_known(field, known) for field in _fields(leaf))


def _fields(leaf: Any) -> list[tree.Field]:
    operands = [getattr(leaf, side, None) for side in ("left", "right", "many", "item", "of")]
    operands = [each.of if isinstance(each, tree.Shift) else each for each in operands]
    return [each for each in operands if isinstance(each, tree.Field)]


def _is_known(field: tree.Field, known: frozenset[str]) -> bool:
    return not field.answer and field.lookup.split("__")[0] in known
