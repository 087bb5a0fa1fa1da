"""What a rule may do: a closed registry of functions whose signature is their schema.

`{ notify = "author", template = "x" }` calls `notify(event, "author", template="x")`. Apps register theirs in
`actions.py`; `gradus.flow` runs them.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar, get_type_hints

from gradus.policy.errors import RuleError, form_of, nearest, phrase

F = TypeVar("F", bound=Callable[..., Any])
Words = Annotated[str, "texts people read"]  # of a parameter: it goes into the catalogue of translations


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    type: type
    required: bool
    words: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """One registered action; `help` is its docstring.

    `locks` is given by an action that changes the object itself: it runs with the object locked, and with these.
    """

    name: str
    run: Callable[..., Any]
    parameters: tuple[Parameter, ...]
    help: str
    check: Callable[[Any, "ActionCall"], None] | None = None
    locks: Callable[[Any, "ActionCall"], Iterable[Any]] | None = None


@dataclass(frozen=True, slots=True)
class ActionCall:
    """An action as a book calls it: `run(event, target, **params)`."""

    action: str
    target: str
    params: Mapping[str, Any]


_actions: dict[str, Action] = {}


def action(
    name: str,
    *,
    check: Callable[[Any, ActionCall], None] | None = None,
    locks: Callable[[Any, ActionCall], Iterable[Any]] | None = None,
) -> Callable[[F], F]:
    """Register a function `(event, target, *, ...)` under the word books use for it.

    `check(book, call)` raises RuleError for a call that makes no sense in that book. An action that changes the object
    gives `locks(obj, call)`: what has to be locked besides it.
    """

    def register(run: F) -> F:
        _actions[name] = Action(name, run, _parameters(run), inspect.getdoc(run) or "", check, locks)
        return run

    return register


def _parameters(run: Callable[..., Any]) -> tuple[Parameter, ...]:
    hints, written = get_type_hints(run), get_type_hints(run, include_extras=True)
    return tuple(
        Parameter(name, hints.get(name, str), found.default is inspect.Parameter.empty, written.get(name) == Words)
        for name, found in inspect.signature(run).parameters.items()
        if found.kind is inspect.Parameter.KEYWORD_ONLY
    )


def get(name: str) -> Action | None:
    return _actions.get(name)


def names() -> list[str]:
    return sorted(_actions)


def check_call(call: ActionCall, book: Any) -> None:
    """Raise RuleError unless the action exists and takes what it is given in that book."""
    found = _actions.get(call.action)
    if found is None:
        raise RuleError(phrase("“{}” is not an action{}", call.action, nearest(call.action, _actions)))
    known = {parameter.name: parameter for parameter in found.parameters}
    for name, value in call.params.items():
        if name not in known:
            raise RuleError(phrase("{} takes no {}{}", call.action, name, nearest(name, known)))
        if not isinstance(value, _plain(known[name].type)):
            raise RuleError(phrase("{} of {} is {}, not {!r}", name, call.action, form_of(known[name].type), value))
    for parameter in found.parameters:
        if parameter.required and parameter.name not in call.params:
            raise RuleError(phrase("{} needs {}", call.action, parameter.name))
    if found.check is not None:
        found.check(book, call)


def changes(call: ActionCall) -> bool:
    """Whether it changes the object itself, so that the object has to be locked."""
    found = _actions.get(call.action)
    return found is not None and found.locks is not None


def locks(calls: Iterable[ActionCall], obj: Any) -> list[Any]:
    """What these calls need locked besides the object."""
    found = ((_actions.get(call.action), call) for call in calls)
    return [other for its, call in found if its is not None and its.locks is not None for other in its.locks(obj, call)]


def _plain(declared: Any) -> type:
    return declared if isinstance(declared, type) and declared in {str, int, bool, float, list, dict} else object
