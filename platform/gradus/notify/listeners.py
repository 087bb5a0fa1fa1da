"""What notify hears: every transition is announced to the pages that show its object, or a list of its kind."""

from collections.abc import Sequence

from gradus.flow import events
from gradus.flow.events import Event
from gradus.notify import live


def announce_all(found: Sequence[Event]) -> None:
    """Each object to the pages that show it, and once for each kind to the lists."""
    kinds = {event.model.lower(): event.record_id for event in found}
    objects = [live.change(event.model.lower(), event.object_id, event.version) for event in found]
    live.tell([*objects, *(live.change(kind, live.ANY, newest) for kind, newest in kinds.items())])


@events.recording(at_once=announce_all)
def announce(event: Event) -> None:
    announce_all([event])
