"""What a machine is, whichever way it was written: states in their order, and moves."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from gradus.accounts.roles import Actor
from gradus.core.words import in_words
from gradus.flow.errors import Text
from gradus.flow.models import Stateful
from gradus.flow.params import Params
from gradus.policy.editions import kind_of
from gradus.policy.texts import said_later

Runner = Callable[[Any, Actor, datetime, Mapping[str, Any]], None]
Locks = Callable[[Any], Iterable[models.Model | None]]
NEW = ""  # the state a thing is in before it is created
# How history calls that the platform put somebody into a field, before its name. No transition can be called so.
ASSIGN = "assign "
# … and that a thing was moved to a newer edition of its kind.
MIGRATE = "move to edition"


@dataclass(frozen=True, slots=True)
class State:
    name: str
    label: Text
    tone: str = "neutral"


@dataclass(frozen=True, slots=True)
class Move:
    """A transition. `target` is "" where the state stays; `locks` names what nested changes will touch.

    `confirm` is what people are asked before they make it; `waiting` whether a thing waits for those who may.
    `done` tells that it has happened ("Asked back"); without it, `Machine.done` says which state was reached.
    """

    name: str
    label: Text
    sources: tuple[str, ...]
    target: str
    params: Params
    run: Runner = field(repr=False, compare=False)
    tone: str = ""
    help: Text = ""
    confirm: Text = ""
    waiting: bool = True
    done: Text = ""
    locks: Locks = field(default=lambda _obj: (), repr=False, compare=False)

    @property
    def creates(self) -> bool:
        return NEW in self.sources

    @property
    def only_creates(self) -> bool:
        return self.sources == (NEW,)


@dataclass(frozen=True, slots=True)
class Machine:
    """The states of one process in their order, and its moves by name."""

    model: type[Stateful]
    process: str
    title: Text
    states: Mapping[str, State]
    moves: Mapping[str, Move]
    help: Text = ""

    @property
    def kind(self) -> str:
        """The name all editions of it share."""
        return kind_of(self.process)

    def state(self, name: str) -> State:
        """The state by its name; one the machine no longer knows still has a readable label."""
        return self.states.get(name) or State(name, said_later(in_words(name)))

    def move(self, name: str) -> Move:
        try:
            return self.moves[name]
        except KeyError:
            raise LookupError(f"{self.model._meta.label} {self.process}: no transition {name!r}") from None

    def closed(self) -> list[str]:
        """The states nothing leads out of."""
        left = {state for move in self.moves.values() if move.target for state in move.sources if state != move.target}
        return [state for state in self.states if state not in left]

    def creations(self) -> list[Move]:
        return [move for move in self.moves.values() if move.creates]

    def label(self, name: str) -> Text:
        """What the transition is called, also one that is gone."""
        if name.startswith(ASSIGN):
            return _("Assign")
        if name == MIGRATE:
            return _("Move to a newer edition")
        return self.moves[name].label if name in self.moves else said_later(in_words(name))

    def done(self, name: str) -> Text:
        """How history and news tell that it happened: in its own words, or by the state it leads to."""
        move = self.moves.get(name)
        if move is None:
            done = _("Moved to a newer edition of the form") if name == MIGRATE else self.label(name)
            return _("Assigned") if name.startswith(ASSIGN) else done
        return move.done or (self.state(move.target).label if move.target else move.label)
