"""The data of an object as label and value, in the order its workbench names them; a declared one adds its answers."""

from typing import TYPE_CHECKING, Any

from gradus.flow import showing
from gradus.flow.models import Stateful
from gradus.flow.workbench.columns import reach

if TYPE_CHECKING:
    from gradus.flow.workbench.viewset import Workbench


def details_of(item: Stateful, bench: "Workbench", who: Any) -> list[tuple[str, Any]]:
    rows = [(bench.label_of(path), reach(item, path)) for path in bench.details]
    rows += [(str(label), value) for label, value in showing.answers(item, who)]
    return [(label, value) for label, value in rows if value not in (None, "", [])]
