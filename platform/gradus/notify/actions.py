"""What books may say happens: telling people."""

from collections import defaultdict
from typing import Any

from django.template import Engine, TemplateDoesNotExist

from gradus import policy
from gradus.accounts.models import User
from gradus.accounts.roles import HELD, STAFF, Role
from gradus.flow.events import Event
from gradus.flow.models import Stateful
from gradus.flow.workbench.registry import workbench_url
from gradus.notify.services import notify
from gradus.policy.actions import ActionCall, action
from gradus.policy.books import Book
from gradus.policy.errors import RuleError, nearest

ROLE = "role:"
PARTS = ("subject.txt", "txt", "html")


def check(book: Book, call: ActionCall) -> None:
    """Raise RuleError unless there is somebody to tell, and the three templates to tell it with."""
    role, field = call.target.removeprefix(ROLE), book.fields.get(call.target)
    if call.target.startswith(ROLE):
        if role not in HELD:
            raise RuleError(f"“{call.target}” is not a role anybody holds{nearest(role, HELD, prefix=ROLE)}")
    elif field is None:
        raise RuleError(f"“{call.target}” is not one of [fields], so nobody is told{nearest(call.target, book.fields)}")
    elif field.to != User._meta.label:
        raise RuleError(f"“{call.target}” is not a person, so nobody is told")
    for part in PARTS:
        name = f"notifications/{call.params['template']}.{part}"
        try:
            Engine.get_default().get_template(name)
        except TemplateDoesNotExist:
            raise RuleError(f"there is no template {name}") from None


@action("notify", check=check)
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
    field = policy.active().book(event.model, event.process).fields[target]
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
