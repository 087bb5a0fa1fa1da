"""The data of an object as label and value, in the order its workbench names them; a declared one adds its answers."""

from typing import Any

from gradus.flow import showing
from gradus.flow.models import Stateful
from gradus.flow.workbench.columns import label_of, reach


def details_of(item: Stateful, paths: tuple[str, ...]) -> list[tuple[str, Any]]:
    rows = [(label_of(type(item), path), reach(item, path)) for path in paths]
    rows += [(str(label), value) for label, value in showing.answers(item)]
    return [(label, value) for label, value in rows if value not in (None, "", [])]
