"""Which transitions a person's role can be offered for many objects at once."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gradus import flow
from gradus.accounts.roles import STAFF, Actor, Role, actor_for
from gradus.flow.models import Stateful
from gradus.flow.shapes import Machine, Move
from gradus.flow.verdicts import has_row

if TYPE_CHECKING:
    from gradus.flow.workbench.viewset import Workbench


AT_MOST = 500  # objects decided in one request


@dataclass(frozen=True, slots=True)
class BulkMove:
    """`labels` are what the kinds call it, in the order of their books."""

    name: str
    labels: tuple[str, ...]
    tone: str

    @property
    def label(self) -> str:
        return self.called(self.labels)

    def called(self, labels: Collection[str]) -> str:
        """Its name where only some kinds are concerned."""
        return " / ".join(label for label in self.labels if label in labels)


def bulk_moves(bench: "Workbench", user: Any) -> list[BulkMove]:
    """Transitions that have a row for the person's role in any of the workflow's books, by the names each kind has."""
    actor, found = actor_for(user), dict[str, list[Move]]()
    for machine in flow.machines(bench.model):
        for name, move in machine.moves.items():
            if not move.creates and has_row(machine, name, actor):
                found.setdefault(name, []).append(move)
    return [BulkMove(name, _labels(moves), moves[-1].tone) for name, moves in found.items()]


def deciding_roles(model: type[Stateful]) -> list[Role]:
    """The roles of staff to whom a rule gives some step of what is there."""
    moves = [(its, move) for its in flow.machines(model) for move in its.moves.values() if not move.only_creates]
    actors = [Actor(None, role) for role in Role if role in STAFF]
    return [actor.role for actor in actors if any(has_row(its, move.name, actor) for its, move in moves)]


def possible_among(moves: Iterable[BulkMove], items: Iterable[Stateful]) -> list[BulkMove]:
    """Those that the state of at least one of these allows; whether a rule does is asked when they are chosen."""
    found = {(item.process, item.state): flow.machine(item) for item in items}
    states = [(its, state) for (_process, state), its in found.items()]
    return [move for move in moves if any(_possible(its, move.name, state) for its, state in states)]


def _possible(its: Machine, name: str, state: str) -> bool:
    return name in its.moves and state in its.moves[name].sources


def _labels(moves: list[Move]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(move.label) for move in moves))
