"""What books may say follows a transition: telling people."""

from collections import defaultdict
from typing import Any

from gradus.accounts.models import User
from gradus.accounts.roles import STAFF, Role
from gradus.flow.events import Event, book_of
from gradus.flow.models import Stateful
from gradus.flow.workbench.registry import workbench_url
from gradus.notify.services import notify
from gradus.policy.actions import action

ROLE = "role:"


@action("notify")
def tell(event: Event, target: str, *, template: str) -> None:
    """Tell the people in a field of the object, or everybody with a role (`role:instructor`); never who did it.

    Who may not view the object is left out.
    """
    readers: dict[str, list[User]] = defaultdict(list)
    for person, as_staff in people(event, target):
        readers[_address(event.object, as_staff=as_staff)].append(person)
    for url, reading in readers.items():
        key = f"{event.record_id}{event.occasion}:{template}"
        notify(reading, template, context=_context(event), url=url, about=event.object, key=key)


def people(event: Event, target: str) -> list[tuple[User, bool]]:
    """Who is meant, and whether it concerns them as staff: by their role, or because it is not their own object."""
    others = User.objects.filter(is_active=True).exclude(pk=event.actor_id or 0).order_by("pk")
    if target.startswith(ROLE):
        role = Role(target.removeprefix(ROLE))
        return [(person, role in STAFF) for person in others.filter(groups__name=role.value)]
    field = book_of(event).fields[target]
    found = field.read(event.object)
    keys = found if field.many else {found} - {None}
    own = _author_id(event.object)
    return [(person, person.pk != own and bool(person.roles & STAFF)) for person in others.filter(pk__in=list(keys))]


def _author_id(obj: Stateful) -> Any:
    return getattr(obj, f"{obj.author_field}_id", None) if obj.author_field else None


def _address(obj: Any, *, as_staff: bool) -> str:
    desk = workbench_url(obj) if as_staff else ""
    return desk or (obj.get_absolute_url() if hasattr(obj, "get_absolute_url") else "")


def _context(event: Event) -> dict[str, Any]:
    """What a template sees beside the object: who did it, and what they wrote."""
    record = event.record
    return {"actor": str(record.actor or ""), "note": record.note, "transition": event.transition}
