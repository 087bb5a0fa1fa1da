"""The data of an object as label and value, in the order its workbench names them; a declared one adds its answers."""

from typing import Any

from django.utils.text import capfirst

from gradus.flow import showing
from gradus.flow.models import Declared, Stateful


def details_of(item: Stateful, paths: tuple[str, ...]) -> list[tuple[str, Any]]:
    rows = [(capfirst(str(item._meta.get_field(path).verbose_name)), getattr(item, path)) for path in paths]  # type: ignore[union-attr]
    if isinstance(item, Declared):
        rows += [(str(label), value) for label, value in showing.answers(item)]
    return [(label, value) for label, value in rows if value not in (None, "", [])]
