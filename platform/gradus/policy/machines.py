"""Which models change state, and how: filled by `gradus.flow` for coded machines, by books for declared ones."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import models
from django.utils.functional import Promise

ANY = "*"


@dataclass(frozen=True, slots=True)
class Move:
    """A transition as the machine sees it. `""` is the source of a creation, `*` every state but that.

    Without a target the state stays what it is.
    """

    sources: frozenset[str]
    target: str | None
    label: str | Promise = ""

    def starts_in(self, state: str) -> bool:
        return state in self.sources or (ANY in self.sources and state != "")

    def leads_on(self, state: str) -> bool:
        """Whether it is made in this state and leaves it."""
        return self.starts_in(state) and bool(self.target) and self.target != state


@dataclass(frozen=True, slots=True)
class Machine:
    """A model with a state. With a `kind_field` its moves are declared, one book per kind."""

    model: type[models.Model]
    state_field: str = "state"
    kind_field: str | None = None
    moves: Mapping[str, Move] = field(default_factory=dict)
    states: Mapping[str, str | Promise] = field(default_factory=dict)


_machines: dict[type[models.Model], Machine] = {}


def register(
    model: type[models.Model],
    state_field: str = "state",
    kind_field: str | None = None,
    moves: Mapping[str, Move] | None = None,
    states: Mapping[str, str | Promise] | None = None,
) -> Machine:
    """Make a model known; registering it again replaces what was known. `states` gives their labels."""
    machine = Machine(model, state_field, kind_field, moves or {}, states or {})
    _machines[model] = machine
    return machine


def unregister(model: type[models.Model]) -> None:
    _machines.pop(model, None)


def for_model(model: type[models.Model]) -> Machine | None:
    """The machine of a model, a proxy or a child of one."""
    found = _machines.get(model)
    if found is None:
        found = next((_machines[parent] for parent in model.__mro__ if parent in _machines), None)
    return found


def registered() -> tuple[Machine, ...]:
    return tuple(_machines.values())


def declared_models(app_label: str) -> list[type[models.Model]]:
    """The models of an app whose kinds are declared in books."""
    return [m.model for m in _machines.values() if m.kind_field and m.model._meta.app_label == app_label]
