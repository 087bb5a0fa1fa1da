"""What books may say happens: telling people."""

from collections import defaultdict
from hashlib import sha256
from typing import Any

from gradus.accounts.models import User
from gradus.accounts.roles import STAFF, Role
from gradus.flow.events import Event, book_of
from gradus.flow.models import Stateful
from gradus.flow.workbench.registry import workbench_url
from gradus.notify.checks import ROLE, check_call
from gradus.notify.services import notify
from gradus.policy.actions import Words, action


@action("notify", check=check_call)
def tell(event: Event, target: str, *, template: str = "", subject: Words = "", text: Words = "") -> None:
    """Tell the people in a field of the object, or everybody with a role (`role:instructor`); never who did it.

    With a `template`, or with a `subject` and a `text` of its own, in which {title}, {kind}, {state}, {done}, {actor},
    {note}, {reader} and the process's fields stand for what they are; without any, it says what has happened. Who may
    not view the object is left out.
    """
    kind = template or f"{event.object._meta.app_label}/{'role/' if target.startswith(ROLE) else ''}said"
    context = {**_context(event), **({} if template else {"subject": subject, "text": text})}
    said = template or f"said:{sha256(f'{subject}{chr(0)}{text}'.encode()).hexdigest()[:16]}"
    readers: dict[str, list[User]] = defaultdict(list)
    for person, as_staff in people(event, target):
        readers[_address(event.object, as_staff=as_staff)].append(person)
    for url, reading in readers.items():
        key = f"{event.record_id}{event.occasion}:{said}"
        notify(reading, kind, context=context, url=url, about=event.object, key=key)


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
