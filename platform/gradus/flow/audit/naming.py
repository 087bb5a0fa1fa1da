"""Records in people's words: what was done, to which thing, and whether the viewer may know that thing."""

from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from gradus.accounts.roles import Actor, Role
from gradus.core.reasons import About
from gradus.flow.models import Stateful, TransitionRecord
from gradus.flow.registry import governed, machine, machines, newest, newest_of_each
from gradus.flow.shapes import Machine
from gradus.flow.workbench.registry import visible_with_names, workbench_url

SEPARATOR = "/"


@dataclass
class Entry:
    """One record as it is shown. `thing` is None where it is gone, was never created, or is not for the viewer.

    `kept` is the version of the rules that decided it, where one is known (`versions.Kept`).
    """

    record: TransitionRecord
    thing: Stateful | None = None
    kept: Any = None

    @property
    def pk(self) -> int:
        return self.record.pk

    @property
    def at(self) -> Any:
        return self.record.at

    @cached_property
    def model(self) -> type[Stateful] | None:
        found = ContentType.objects.get_for_id(self.record.content_type_id).model_class()
        return found if found is not None and issubclass(found, Stateful) else None

    @cached_property
    def machine(self) -> Machine | None:
        """The newest of the kind where its edition is gone; None for a kind the books do not know any more."""
        for found in (machine, newest):
            with suppress(LookupError):
                return found(self.model, self.record.process) if self.model else None
        return None

    @property
    def process(self) -> str:
        return capfirst(str(self.machine.title)) if self.machine else self.record.process

    @property
    def transition(self) -> str:
        return str(self.machine.label(self.record.transition)) if self.machine else self.record.transition

    def state(self, name: str) -> str:
        return str(self.machine.state(name).label) if self.machine and name else name

    @property
    def open(self) -> bool:
        """Whether the viewer may read what was written and decided on; nobody is kept from what never came to be."""
        return self.thing is not None or self.record.object_id is None

    @property
    def about(self) -> str:
        if self.thing is not None:
            return f"{self.process}: {self.thing}"
        if self.record.object_id is None:
            return _("%(process)s (nothing was created)") % {"process": self.process}
        return _("%(process)s, number %(number)d") % {"process": self.process, "number": self.record.object_id}

    @property
    def address(self) -> str:
        return workbench_url(self.thing) if self.thing is not None else ""

    @property
    def who(self) -> str:
        return str(self.record.actor or Role(self.record.role).label)

    @property
    def who_and_role(self) -> str:
        if self.record.actor is None:
            return self.who
        return _("%(who)s (%(role)s)") % {"who": self.who, "role": Role(self.record.role).label}

    @property
    def outcome(self) -> str:
        return str(TransitionRecord.OUTCOMES.get(self.record.outcome, self.record.outcome))

    @property
    def why(self) -> str:
        return " ".join(self.record.reasons) if self.open else ""

    @property
    def refused(self) -> About | None:
        """What a rule was asked and said no to, as far as the viewer may know of it."""
        record = self.record
        if record.outcome == TransitionRecord.DONE or not self.open:
            return None
        return About(self.thing, record.transition, self.transition, Actor(record.actor, Role(record.role)))

    @property
    def version(self) -> str:
        return self.record.book_version[:10]


def entries(records: list[TransitionRecord], viewer: Any) -> list[Entry]:
    """With what each is about, as far as the viewer may see it; one query for each model."""
    found = [Entry(record) for record in records]
    wanted: dict[type[Stateful], list[Entry]] = defaultdict(list)
    for entry in found:
        if entry.model is not None and entry.record.object_id is not None:
            wanted[entry.model].append(entry)
    for model, some in wanted.items():
        keys = {entry.record.object_id for entry in some}
        there = {thing.pk: thing for thing in visible_with_names(model, viewer).filter(pk__in=keys)}
        for entry in some:
            entry.thing = there.get(entry.record.object_id)
    return found


def all_machines() -> list[Machine]:
    return [its for model in governed() for its in machines(model)]


def key_of(its: Machine) -> str:
    """The process in an address: `requests.Request/refund`."""
    return f"{its.model._meta.label}{SEPARATOR}{its.kind}"


def processes() -> list[tuple[str, str]]:
    """Each kind once, whatever its editions."""
    found = [its for model in governed() for its in newest_of_each(model)]
    return sorted(((key_of(its), capfirst(str(its.title))) for its in found), key=lambda choice: choice[1])


def transitions() -> list[tuple[str, str]]:
    """Each transition once, by what the kinds call it, and its name where several are called the same."""
    called: dict[str, dict[str, None]] = {}
    for its in all_machines():
        for move in its.moves.values():
            called.setdefault(move.name, {})[str(move.label)] = None
    return sorted(((name, " / ".join(labels)) for name, labels in called.items()), key=lambda choice: choice[1])


def kinds_with(transition: str) -> list[int]:
    """Content types that know such a transition: an index of history begins with them."""
    models = {its.model for its in all_machines() if transition in its.moves}
    return [ContentType.objects.get_for_model(model).pk for model in models]
