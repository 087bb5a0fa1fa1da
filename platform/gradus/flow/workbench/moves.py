"""Which transitions a person's role can be offered for many objects at once."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gradus import flow, policy
from gradus.accounts.roles import actor_for
from gradus.flow.errors import Text

if TYPE_CHECKING:
    from gradus.flow.workbench.viewset import Workbench


AT_MOST = 500  # objects decided in one request


@dataclass(frozen=True, slots=True)
class BulkMove:
    name: str
    label: Text
    tone: str


def bulk_moves(bench: "Workbench", user: Any) -> list[BulkMove]:
    """Transitions that have a row for the person's role in any of the workflow's books."""
    found: dict[str, BulkMove] = {}
    for machine in flow.machines(bench.model):
        for name, move in machine.moves.items():
            if move.creates or not _has_row(bench, machine.process, name, user):
                continue
            label = move.label if name not in found or found[name].label == move.label else _plain(name)
            found[name] = BulkMove(name, label, move.tone)
    return list(found.values())


def _has_row(bench: "Workbench", process: str, name: str, user: Any) -> bool:
    book = policy.active().book(bench.model._meta.label, process)
    return actor_for(user).role in book.transitions[name].rows


def _plain(name: str) -> str:
    return name.replace("_", " ").capitalize()
