"""What happens when the last reviewer approves. Wagtail imports this while its own models are loading."""

from typing import Any


def publish_approved(state: Any, user: Any = None) -> None:
    """Of a book, the very revision that was approved is published, not whatever was saved since."""
    from wagtail.workflows import publish_workflow_state

    from gradus.rulebook.models import BookDraft

    if isinstance(state.content_object, BookDraft):
        state.current_task_state.revision.publish(user=user)
    else:
        publish_workflow_state(state, user=user)
