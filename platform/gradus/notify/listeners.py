"""What notify hears: every transition is announced to the pages that show its object, or a list of its kind."""

from gradus.flow import events
from gradus.flow.events import Event
from gradus.notify import live


@events.recording
def announce(event: Event) -> None:
    kind = event.model.lower()
    live.changed(kind, event.object_id, event.version)
    live.changed(kind, live.ANY, event.record_id)
