"""How a thing changes state.

request = flow.create(Request, "submit", by=student, kind="refund", **answers)
request = flow.apply(request, "approve", by=instructor, note="Welcome aboard")
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gradus.flow import events as events
    from gradus.flow import forms as forms
    from gradus.flow.errors import Denied as Denied
    from gradus.flow.errors import FlowError as FlowError
    from gradus.flow.errors import Limited as Limited
    from gradus.flow.errors import NotNow as NotNow
    from gradus.flow.errors import Stale as Stale
    from gradus.flow.models import Declared as Declared
    from gradus.flow.models import Stateful as Stateful
    from gradus.flow.offering import Offer as Offer
    from gradus.flow.offering import creations as creations
    from gradus.flow.offering import history as history
    from gradus.flow.offering import offers as offers
    from gradus.flow.offering import offers_for as offers_for
    from gradus.flow.params import Ask as Ask
    from gradus.flow.params import Params as Params
    from gradus.flow.past import Happened as Happened
    from gradus.flow.past import Past as Past
    from gradus.flow.past import backfill as backfill
    from gradus.flow.protocol import apply as apply
    from gradus.flow.protocol import create as create
    from gradus.flow.queues import Rows as Rows
    from gradus.flow.queues import capped_count as capped_count
    from gradus.flow.queues import queue as queue
    from gradus.flow.queues import still_open as still_open
    from gradus.flow.queues import waiting_count as waiting_count
    from gradus.flow.registry import machine as machine
    from gradus.flow.registry import machines as machines
    from gradus.flow.registry import newest as newest
    from gradus.flow.registry import newest_of_each as newest_of_each
    from gradus.flow.shapes import Machine as Machine
    from gradus.flow.steps import step as step
    from gradus.flow.units import together as together
    from gradus.flow.verdicts import may_view as may_view

# Apps import this package before models may be imported, so each name is fetched on first use.
_HOMES = {
    "errors": ("Denied", "FlowError", "Limited", "NotNow", "Stale"),
    "shapes": ("Machine",),
    "models": ("Declared", "Stateful"),
    "offering": ("Offer", "creations", "history", "offers", "offers_for"),
    "params": ("Ask", "Params"),
    "past": ("Happened", "Past", "backfill"),
    "protocol": ("apply", "create"),
    "queues": ("Rows", "capped_count", "queue", "still_open", "waiting_count"),
    "registry": ("machine", "machines", "newest", "newest_of_each"),
    "steps": ("step",),
    "units": ("together",),
    "verdicts": ("may_view",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}
__all__ = ["events", "forms", *_HOME_OF]  # noqa: PLE0604 - computed above


def __getattr__(name: str) -> Any:
    if name in {"events", "forms"}:
        return import_module(f"gradus.flow.{name}")
    if name not in _HOME_OF:
        raise AttributeError(f"gradus.flow has no {name}")
    found = getattr(import_module(f"gradus.flow.{_HOME_OF[name]}"), name)
    globals()[name] = found  # asked for once; from now on it is simply there
    return found
