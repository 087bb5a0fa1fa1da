"""The workbenches of all apps, found in their `workbench.py`."""

from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models
from django.utils.module_loading import autodiscover_modules

from gradus.accounts import sections
from gradus.flow import showing
from gradus.flow.models import Stateful

if TYPE_CHECKING:
    from gradus.flow.workbench.viewset import Workbench

Bench = TypeVar("Bench", bound="type[Workbench]")
_registered: dict[str, "Workbench"] = {}


def register(bench: Bench) -> Bench:
    """Class decorator: give this workflow its pages and menu entry in the admin."""
    made = _registered[bench.model._meta.label] = bench()
    sections.own(f"{made.name}/")  # its pages ask the rules
    return bench


def workbenches() -> list["Workbench"]:
    _discover()
    return list(_registered.values())


def first_workbench_of(user: Any) -> str:
    """The address of the first queue in the menu that concerns this person, or nothing."""
    theirs = [bench for bench in workbenches() if bench.may_enter(user)]
    return min(theirs, key=lambda bench: bench.menu_order).index_path if theirs else ""


def workbench_url(obj: models.Model) -> str:
    """Where staff find this object, or nothing when its workflow has no workbench."""
    _discover()
    bench = _registered.get(obj._meta.label)
    return f"{bench.index_path}{obj.pk}/" if bench is not None else ""


def visible_with_names(model: type[Stateful], user: Any) -> models.QuerySet[Any]:
    """What this person may see, so that naming each asks nothing more where the workflow has a workbench."""
    _discover()
    bench = _registered.get(model._meta.label)
    return bench.visible_to(user) if bench is not None else showing.visible(model, user)


@cache
def _discover() -> None:
    """On first use, whoever asks: a worker that mails an address never loads the admin's pages."""
    autodiscover_modules("workbench")
