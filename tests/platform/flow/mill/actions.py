from typing import Any

from gradus.flow.events import Event
from gradus.policy.actions import action

rung: list[tuple[int, str, int]] = []


@action("ring")
def ring(event: Event, target: str, *, times: int) -> None:
    """Ring the mill's bell."""
    rung.append((event.object_id, target, times))


def heard() -> list[Any]:
    found = list(rung)
    rung.clear()
    return found
