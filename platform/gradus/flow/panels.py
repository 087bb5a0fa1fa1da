"""What the site shows of an object's process: its state, what may be done, and what happened."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _

from gradus.accounts.models import User
from gradus.flow import attachments, showing
from gradus.flow.attempts import Attempted
from gradus.flow.choosing import Search
from gradus.flow.forms import form_for
from gradus.flow.models import Attachment, Stateful, TransitionRecord
from gradus.flow.offering import Offer, history, offers
from gradus.flow.params import Kind
from gradus.flow.registry import machine
from gradus.flow.shapes import ASSIGN, State

MOVE = "flow:move"


@dataclass(frozen=True, slots=True)
class Action:
    """One offer with the address it is posted to and the form it asks with (none when it asks nothing)."""

    offer: Offer
    url: str
    form: forms.Form | None
    open: bool = False

    @property
    def sends_files(self) -> bool:
        return any(param.kind is Kind.FILE for param in self.offer.params)

    @property
    def style(self) -> str:
        return {"success": "g-button--primary", "danger": "g-button--danger"}.get(self.offer.tone, "")


@dataclass(frozen=True, slots=True)
class Entry:
    """One step of a timeline."""

    label: str
    who: str
    at: datetime
    note: str
    state: State
    files: tuple[Attachment, ...] = ()


def told(obj: Stateful, name: str) -> str:
    """That a transition has happened, in a line: “Approved: Refund for Counterpoint”."""
    return _("%(done)s: %(item)s") % {"done": machine(obj).done(name), "item": obj}


def state_of(obj: Stateful) -> State:
    return machine(obj).state(obj.state)


def actions(
    obj: Stateful, who: Any, *, url_name: str = "", attempted: Attempted | None = None, opened: str = ""
) -> list[Action]:
    """The offers worth showing, allowed ones first; what was just tried stays in sight with what was typed."""
    tried = attempted.name if attempted is not None and attempted.form is not None else ""
    worth = [offer for offer in offers(obj, who) if offer.shown or offer.name == tried]
    shown = sorted(worth, key=lambda offer: not offer.allowed)
    found = [_action(obj, offer, who, url_name, attempted) for offer in shown]
    return [replace(action, open=True) if action.offer.name == opened else action for action in found]


def _action(obj: Stateful, offer: Offer, who: Any, url_name: str, attempted: Attempted | None) -> Action:
    tried = attempted is not None and attempted.name == offer.name
    form = attempted.form if attempted is not None and tried else None
    if form is None and len(offer.params):
        form = form_for(offer.params, uploader=who, prefix=offer.name, search=search(obj, offer.name))
    return Action(offer, move_url(obj, offer.name, url_name), form, open=tried)


def search(obj: Stateful, name: str) -> Search:
    """Where the people and objects this transition asks for are found."""
    return Search(showing.slug(type(obj)), name, of=obj.pk, label=obj._meta.label_lower)


def move_url(obj: Stateful, name: str, url_name: str = "") -> str:
    """Where a transition is posted: the workflow's own mount, or the one every model has."""
    if url_name and url_name != MOVE:
        return reverse(url_name, args=[obj.pk, name])
    return reverse(MOVE, args=[obj._meta.label_lower, obj.pk, name])


def _named_by(record: TransitionRecord) -> set[str]:
    """Whatever its parameters list: ids of files among them."""
    return {str(one) for value in record.params.values() if isinstance(value, list) for one in value}


def timeline(obj: Stateful) -> list[Entry]:
    """What happened, newest first; refusals are left to the audit log."""
    its = machine(obj)
    files = list(attachments.of(obj))
    records = list(history(obj).done().order_by("-version"))
    people = _assigned(records)
    return [
        Entry(
            label=str(its.done(record.transition)),
            who=str(record.actor or ""),
            at=record.at,
            note=people.get(record.pk) or record.note,
            state=its.state(record.target),
            files=tuple(file for file in files if str(file.pk) in _named_by(record)),
        )
        for record in records
    ]


def _assigned(records: list[TransitionRecord]) -> dict[int, str]:
    """To whom each record that assigns it did so."""
    found = {each.pk: pk for each in records if each.transition.startswith(ASSIGN) for pk in each.params.values()}
    people = User.objects.in_bulk(found.values()) if found else {}
    return {record: _("To %(person)s") % {"person": people[pk]} for record, pk in found.items() if pk in people}
