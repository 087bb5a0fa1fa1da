"""Who may begin something after a change of rules and could not before, or the other way round.

Such a right is about proposed values, not about rows. Whoever creates a thing is its author, so what compares the
author with the person holds; where the rest reads nothing but the person, people can be counted. Where it reads what
somebody fills in, nobody can be, and that is said instead.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils import timezone

from gradus.accounts.roles import Role
from gradus.flow.models import Stateful
from gradus.policy import machines, tree
from gradus.policy.normal import NEVER, normalise
from gradus.policy.ruleset import RuleSet
from gradus.rulebook.cells import BEGINNING, NOTHING, Key, Side, sides_of
from gradus.rulebook.holders import Holders
from gradus.rulebook.supposing import Somebody, depends_on_person, leaves, suppose


@dataclass(frozen=True, slots=True)
class Creation:
    """A changed right to create. `gained` and `lost` are people of the role, None where nobody can be counted.

    `asked` of `holders` people were asked.
    """

    book: str
    rule: str
    role: Role
    holders: int
    asked: int
    gained: int | None
    lost: int | None

    @property
    def estimated(self) -> bool:
        return self.asked < self.holders

    @property
    def counted(self) -> bool:
        return self.gained is not None and self.lost is not None


def creations(before: RuleSet, after: RuleSet, *, now: datetime | None = None) -> list[Creation]:
    """One for each transition and role by which something is created otherwise than before; unchanged ones not."""
    now = now or timezone.now()
    old, new = dict(sides_of(before)), dict(sides_of(after))
    holders = {role: Holders(role) for role in Role}
    found = []
    for key in [*old, *(key for key in new if key not in old)]:
        one, two = (_creating(key, some.get(key, NOTHING)) for some in (old, new))
        if one != two:
            found.append(_creation(key, one, two, holders[key.role], now))
    return [each for each in found if not each.counted or each.gained or each.lost]


def _creating(key: Key, side: Side) -> tree.Node:
    """What it takes to create: whoever does is the author, and there is no state yet."""
    if side.sources is None or not side.sources >= BEGINNING:
        return NEVER
    machine = machines.for_model(key.model)
    author = f"{key.model.author_field}__pk" if issubclass(key.model, Stateful) else ""
    return normalise(_proposed(side.whole, author, machine.state_field if machine else "state"))


def _proposed(node: tree.Node, author: str, state: str) -> tree.Node:
    match node:
        case tree.And(nodes) | tree.Or(nodes):
            return replace(node, nodes=tuple(_proposed(part, author, state) for part in nodes))
        case tree.Compare(op=op, left=tree.Field(lookup=column), right=tree.Person()) if column == author:
            return tree.Truth(value=op == "eq")
        case tree.OneOf(left=tree.Field(lookup=column), values=tuple(values), negated=negated) if column == state:
            return tree.Truth(value=("" in values) != negated)
    return node


def _creation(key: Key, old: tree.Node, new: tree.Node, holders: Holders, now: datetime) -> Creation:
    gained, lost = (tree.And((one, tree.Not(other))) for one, other in ((new, old), (old, new)))
    nodes = [normalise(gained), normalise(lost)]
    personal = any(map(_reads_person, nodes))
    people = [Somebody(person) for person in holders.sample()] if personal else []
    asked = len(people) if personal else holders.count
    numbers = [_number(node, people if personal else None, holders, now) for node in nodes]
    return Creation(key.book, key.rule, key.role, holders.count, asked, *numbers)


def _number(node: tree.Node, people: list[Somebody] | None, holders: Holders, now: datetime) -> int | None:
    """How many of them; None where it depends on more than the person, or where a role is no account."""
    found = [suppose(node, who, now) for who in (people if people is not None else [Somebody()])]
    if not all(isinstance(each, tree.Truth) for each in found):
        return None
    if holders.nobody and any(each == tree.Truth(value=True) for each in found):
        return None
    true = sum(each == tree.Truth(value=True) for each in found)
    return true if people is not None else true * holders.count


def _reads_person(node: tree.Node) -> bool:
    return depends_on_person(node) or any(_compares(leaf) for leaf in leaves(node))


def _compares(leaf: Any) -> bool:
    return any(isinstance(getattr(leaf, side, None), tree.Person) for side in ("left", "right", "of"))
