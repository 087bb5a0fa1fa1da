"""What books may say follows a transition: telling people."""

from collections.abc import Iterable
from typing import Any

from gradus import policy
from gradus.accounts.models import User
from gradus.accounts.roles import STAFF
from gradus.flow.events import Event
from gradus.flow.workbench.registry import workbench_url
from gradus.notify.services import notify
from gradus.policy.actions import action

ROLE = "role:"


@action("notify")
def tell(event: Event, target: str, *, template: str) -> None:
    """Tell the people in a field of the object, or everybody with a role (`role:instructor`); never who did it."""
    obj, record = event.object, event.record
    context = {"actor": str(record.actor or ""), "note": record.note, "transition": event.transition}
    people = [person for person in _people(event, obj, target) if person.pk != event.actor_id]
    desk = workbench_url(obj)
    for staff, url in ((True, desk), (False, obj.get_absolute_url())):
        readers = [person for person in people if bool(desk and person.roles & STAFF) is staff]
        notify(readers, template, context=context, url=url, about=obj, key=f"{event.record_id}:{template}")


def _people(event: Event, obj: Any, target: str) -> Iterable[User]:
    if target.startswith(ROLE):
        return User.objects.filter(is_active=True, groups__name=target.removeprefix(ROLE)).prefetch_related("groups")
    field = policy.active().book(event.model, event.process).fields[target]
    found: Any = obj
    for hop in field.hops:
        found = getattr(found, hop, None)
    if found is None:
        return []
    return [found] if isinstance(found, User) else list(found.all())
