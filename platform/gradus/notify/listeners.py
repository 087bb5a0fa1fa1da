"""What notify hears: every transition is announced to the pages that show its object."""

from gradus.flow import events
from gradus.flow.events import Event
from gradus.notify import live


@events.recording
def announce(event: Event) -> None:
    live.changed(event.model.lower(), event.object_id, event.version)
