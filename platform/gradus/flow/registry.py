"""The registry of machines: coded and declared behind one door (django-fsm's own does not see declared ones)."""

from collections import defaultdict

from django.apps import apps
from django.db.models import Q

from gradus.flow import declared, steps
from gradus.flow.models import Declared, Stateful
from gradus.flow.shapes import Machine
from gradus.policy.machines import Move, register


def machine(of: "Stateful | type[Stateful]", kind: str = "") -> Machine:
    """The machine of an object, or of a model and (where its machines are declared) a kind.

    Raises LookupError for a kind the books do not know.
    """
    model = of if isinstance(of, type) else type(of)
    if issubclass(model, Declared):
        return declared.machine(model, kind or getattr(of, "kind", ""))
    return steps.machine(model)


def machines(model: type[Stateful]) -> list[Machine]:
    """Every machine of this model: one, or one for each kind."""
    if issubclass(model, Declared):
        return [declared.machine(model, kind) for kind in declared.kinds(model)]
    return [steps.machine(model)]


def still_open(model: type[Stateful]) -> Q:
    """What is in a state that something leads out of; also what is in one that no book knows any more."""
    kinds = defaultdict(list)
    for its in machines(model):
        kinds[tuple(sorted(its.closed()))].append(its.process)
    found = Q()
    for states, processes in kinds.items():
        if states:
            kind = {"kind__in": sorted(processes)} if issubclass(model, Declared) else {}
            found &= ~Q(state__in=states, **kind)
    return found


def governed() -> list[type[Stateful]]:
    """Every model with a state."""
    return [model for model in apps.get_models() if issubclass(model, Stateful)]


def register_coded() -> None:
    """Tell the rules about every machine: moves of the coded ones, the kind field of the declared."""
    for model in governed():
        if issubclass(model, Declared):
            register(model, kind_field="kind")
            continue
        its = steps.machine(model)
        moves = {
            move.name: Move(frozenset(move.sources), move.target or None, move.label) for move in its.moves.values()
        }
        register(model, moves=moves, states={state.name: state.label for state in its.states.values()})
