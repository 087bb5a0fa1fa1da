"""Coded machines: the methods of a model declared with `@step`, a thin layer over `django_fsm.transition`."""

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ParamSpec, TypeVar

from django_fsm import transition

from gradus.accounts.roles import Actor
from gradus.flow.errors import Text
from gradus.flow.models import Stateful
from gradus.flow.params import Params, of_model_field, of_signature
from gradus.flow.shapes import Locks, Machine, Move, State

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Step:
    """What `@step` was told about a method."""

    sources: tuple[str, ...]
    target: str
    label: Text
    tone: str
    help: Text
    confirm: Text
    waiting: bool
    locks: Locks
    done: Text


def step(
    *,
    source: str | Sequence[str],
    target: str = "",
    label: Text,
    tone: str = "",
    help: Text = "",  # noqa: A002
    confirm: Text = "",
    waiting: bool = True,
    locks: Locks = lambda _obj: (),
    done: Text = "",
) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Declare a method as a transition. Its keyword-only parameters are what people are asked.

    `source=""` creates; no `target` leaves the state. The parameters `by` (the Actor) and `at` are given, not asked.
    `confirm` asks people before it is made; `waiting=False` where a thing does not wait for those who may make it.
    `locks(obj)` lists the objects that nested creates and applies will change. `done` is what history and news say
    (`label="Start"`, `done="Started"`); left out, the label of the state it leads to.
    """
    sources = (source,) if isinstance(source, str) else tuple(source)

    def declare(method: Callable[P, T]) -> Callable[P, T]:
        moving = transition(field="state", source=list(sources), target=target or None)(method)

        @functools.wraps(moving)
        def guarded(self: Any, /, **params: Any) -> T:
            if not self.__dict__.pop("_moving", False):
                raise TypeError(f"{method.__name__} is a transition: call flow.apply or flow.create.")
            result: T = moving(self, **params)
            return result

        guarded.step = Step(sources, target, label, tone, help, confirm, waiting, locks, done)  # type: ignore[attr-defined]
        guarded.asks = method  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return declare


@functools.cache
def machine(model: type[Stateful]) -> Machine:
    steps = {name: method for name, method in _methods(model) if hasattr(method, "step")}
    return Machine(
        model=model,
        process="",
        title=model._meta.verbose_name or model.__name__,
        states={name: _state(name, given) for name, given in model.states.items()},
        moves={name: _move(model, name, method) for name, method in steps.items()},
    )


def _methods(model: type[Stateful]) -> Iterable[tuple[str, Any]]:
    """In the order of the source, a base class's first."""
    found: dict[str, Any] = {}
    for base in reversed(model.__mro__):
        found.update(vars(base))
    return found.items()


def _state(name: str, given: Text | tuple[Text, str]) -> State:
    return State(name, *given) if isinstance(given, tuple) else State(name, given)


def _move(model: type[Stateful], name: str, method: Any) -> Move:
    told: Step = method.step
    own = of_signature(method.asks)
    columns = Params(tuple(of_model_field(model, field) for field in model.asked)) if "" in told.sources else Params()
    wanted = frozenset(method.asks.__kwdefaults__ or ()) | frozenset(method.asks.__annotations__)

    def run(obj: Any, by: Actor, at: datetime, params: Mapping[str, Any]) -> None:
        given = {key: value for key, value in {"by": by, "at": at}.items() if key in wanted}
        obj.__dict__["_moving"] = True
        try:
            method(obj, **{key: value for key, value in params.items() if key in own}, **given)
        finally:
            obj.__dict__.pop("_moving", None)

    return Move(
        name=name,
        label=told.label,
        sources=told.sources,
        target=told.target,
        params=columns + own,
        run=run,
        tone=told.tone,
        help=told.help,
        confirm=told.confirm,
        waiting=told.waiting,
        done=told.done,
        locks=told.locks,
    )
