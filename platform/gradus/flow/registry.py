"""The registry of machines: coded and declared behind one door (django-fsm's own does not see declared ones)."""

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from gradus.flow import declared, steps
from gradus.flow.errors import NotNow
from gradus.flow.models import Declared, Stateful
from gradus.flow.shapes import Machine
from gradus.policy.machines import Move, register
from gradus.policy.ruleset import active

NEWER = _("There is a newer form for this.")


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


def newest_of_each(model: type[Stateful]) -> list[Machine]:
    """Each kind once, in its newest edition: what can be filed."""
    if not issubclass(model, Declared):
        return machines(model)
    return [each for each in machines(model) if newest(model, each.process).process == each.process]


def newest(model: type[Stateful], process: str = "") -> Machine:
    """The newest edition of a kind, by its name or that of one of its editions. Raises LookupError."""
    if not issubclass(model, Declared):
        return steps.machine(model)
    return declared.machine(model, active().newest(model, process).process)


def filed_under(model: type[Stateful], kind: str) -> Machine:
    """The machine of what is filed now: by the name of a kind, that of its newest edition.

    Raises NotNow for an older edition by a name of its own, LookupError for a kind the books do not know.
    """
    its = newest(model, kind)
    if kind in {its.kind, its.process}:
        return its
    machine(model, kind)
    raise NotNow([NEWER])


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
