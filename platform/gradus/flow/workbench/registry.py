"""The workbenches of all apps, found in their `workbench.py`."""

from typing import TYPE_CHECKING, TypeVar

from django.db import models

if TYPE_CHECKING:
    from gradus.flow.workbench.viewset import Workbench

Bench = TypeVar("Bench", bound="type[Workbench]")
_registered: dict[str, "Workbench"] = {}


def register(bench: Bench) -> Bench:
    """Class decorator: give this workflow its pages and menu entry in the admin."""
    _registered[bench.model._meta.label] = bench()
    return bench


def workbenches() -> list["Workbench"]:
    return list(_registered.values())


def workbench_url(obj: models.Model) -> str:
    """Where staff find this object, or nothing when its workflow has no workbench."""
    bench = _registered.get(obj._meta.label)
    return f"{bench.index_path}{obj.pk}/" if bench is not None else ""
