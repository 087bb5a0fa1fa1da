"""A book as the program uses it: everything parsed, typed, normalised and compiled. Immutable."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from django.db import models

from gradus.accounts.roles import Role
from gradus.policy import tree
from gradus.policy.actions import ActionCall
from gradus.policy.automations import Automation
from gradus.policy.evaluate import Check
from gradus.policy.machines import Move
from gradus.policy.process import Limit, Process, Question, TestCase


@dataclass(frozen=True, slots=True)
class Condition:
    """One row of the matrix: what a role needs. `check` and `whole` include that nothing forbids it."""

    text: str
    node: tree.Node  # the row alone, in normal form
    whole: tree.Node  # the row and not the forbid, in normal form
    check: Check = field(compare=False, repr=False)
    origin: str = ""  # "requests/refund.toml#transitions.approve.instructor"


@dataclass(frozen=True, slots=True)
class Right:
    """A right that is no transition, such as `view`."""

    name: str
    rows: Mapping[Role, Condition]
    forbid: tree.Node | None = None  # in normal form
    forbid_text: str = ""
    key: str = ""
    forbids: Check | None = field(default=None, compare=False, repr=False)
    frozen: str = ""  # why nobody may do it for now


@dataclass(frozen=True, slots=True)
class TransitionRule(Right):
    """A transition's rows and what follows it; the rest when the book declares it.

    `confirm` is asked before it is made; `waiting` is whether a thing waits for those who may make it.
    """

    then: tuple[ActionCall, ...] = ()
    move: Move | None = None
    label: str = ""
    done: str = ""  # how history and news tell that it happened; the label of the state reached when left out
    tone: str = "neutral"
    ask: Mapping[str, Question] = field(default_factory=dict)
    confirm: str = ""
    waiting: bool = True

    @property
    def from_(self) -> frozenset[str]:
        return self.move.sources if self.move else frozenset()

    @property
    def to(self) -> str | None:
        return self.move.target if self.move else None


@dataclass(frozen=True, slots=True)
class Book:
    """The rules of one process of one model. `version` is the hash of its text.

    Each edition of a kind is a process of its own: the second edition of `refund` is the process `refund-2`.
    """

    file: str
    model: type[models.Model]
    process: str
    title: str
    version: str
    text: str = field(repr=False)
    fields: Mapping[str, tree.Field] = field(default_factory=dict)
    conditions: Mapping[str, tree.Named] = field(default_factory=dict)
    permissions: Mapping[str, Right] = field(default_factory=dict)
    transitions: Mapping[str, TransitionRule] = field(default_factory=dict)
    definition: Process | None = None
    limits: tuple[Limit, ...] = ()
    automations: tuple[Automation, ...] = ()
    tests: tuple[TestCase, ...] = ()
    frozen: str = ""

    @property
    def label(self) -> str:
        return self.model._meta.label

    @property
    def kind(self) -> str:
        """The name its editions share."""
        return self.definition.name if self.definition else self.process

    @property
    def edition(self) -> int:
        return self.definition.edition if self.definition else 1

    def rule(self, name: str) -> Right | None:
        return self.transitions.get(name) or self.permissions.get(name)

    @property
    def rules(self) -> dict[str, Right]:
        return {**self.permissions, **self.transitions}

    def freeze(self, why: str) -> "Book":
        """The same book, by which nothing moves and nothing happens by itself; who may see what stays."""
        stopped = {name: replace(rule, rows={}, frozen=why) for name, rule in self.transitions.items()}
        return replace(self, transitions=stopped, automations=(), frozen=why)
