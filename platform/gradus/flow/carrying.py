"""What becomes of a thing's state and answers when it is moved to a newer edition of its kind."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from gradus import policy
from gradus.flow import registry, showing, values
from gradus.flow.models import Declared
from gradus.flow.params import Kind, Param
from gradus.flow.shapes import Machine
from gradus.policy.process import When

NOTHING: tuple[Any, ...] = (None, "", [])
WORDS = {Kind.TEXT, Kind.LONG_TEXT, Kind.CHOICE, Kind.EMAIL, Kind.URL}
SAME = ("kind", "model", "several", "choices", "least", "most")


@dataclass(frozen=True, slots=True)
class Carried:
    """The answers by the newer form, what stays behind by its old name, and which of that did not fit, and why."""

    answers: dict[str, Any]
    left: dict[str, Any]
    unfit: dict[str, str]


@dataclass(frozen=True)
class Crossing:
    """A stated mapping from one edition (`source`) to the newest of its kind.

    `states` says which state each becomes, `fields` which field each answer goes to; None leaves it behind.
    """

    model: type[Declared]
    source: str
    states: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str | None] = field(default_factory=dict)

    @cached_property
    def before(self) -> Machine:
        return registry.machine(self.model, self.source)

    @cached_property
    def after(self) -> Machine:
        return registry.newest(self.model, self.source)

    @cached_property
    def old(self) -> dict[str, Param]:
        return asked(self.before)

    @cached_property
    def new(self) -> dict[str, Param]:
        return asked(self.after)

    @cached_property
    def versions(self) -> str:
        """Changes with either book: what somebody looked at, and what is done."""
        rules = policy.active()
        return ":".join(rules.book(self.model, process).version[:16] for process in (self.source, self.after.process))

    def carry(self, answers: Mapping[str, Any]) -> Carried:
        """The answers of one thing by this mapping. An answer the mapping does not name is left behind."""
        carried = Carried({}, {}, {})
        for name, value in answers.items():
            to = self.fields.get(name)
            if to is None:
                carried.left.update({} if value in NOTHING else {name: value})
                continue
            try:
                carried.answers[to] = self.fitted(name, to, value)
            except ValidationError as error:
                carried.left[name] = value
                carried.unfit[name] = " ".join(error.messages)
        return carried

    def fitted(self, name: str, to: str, stored: Any) -> Any:
        """One answer as the newer field keeps it. Raises ValidationError with why it cannot."""
        old, new = self.old.get(name), self.new[to]
        if stored in NOTHING or (old is not None and unchanged(old, new)):
            return stored
        raw = stored[0] if isinstance(stored, list) and len(stored) == 1 and not new.several else stored
        if isinstance(raw, list) and not new.several:
            raise ValidationError(_("This takes one value."))
        if new.kind in {Kind.TEXT, Kind.LONG_TEXT} and isinstance(raw, int):
            raw = str(raw)
        return values.stored(new.clean(raw))

    def missing(self, answers: Mapping[str, Any]) -> list[str]:
        """The fields the newer form requires, asks with these answers, and these answers do not have."""
        empty = [param for param in self.new.values() if param.required and answers.get(param.name) in NOTHING]
        return [param.name for param in empty if param.when is None or self._asks(param.when, answers)]

    def _asks(self, when: When, answers: Mapping[str, Any]) -> bool:
        """As far as the answers alone can tell: what hangs on the person is not told to be missing."""
        return when.check(self.model(kind=self.after.process, answers={**answers}), None, None, timezone.now())


def asked(its: Machine) -> dict[str, Param]:
    """The fields whose answers things of this edition hold, in the order of their book."""
    return {name: param for name, param in showing.asked(its).items() if name not in its.model.asked}


def unchanged(old: Param, new: Param) -> bool:
    """Whether every answer to the one is an answer to the other; people and files are never looked at again."""
    if old.kind is new.kind and old.kind in {Kind.PERSON, Kind.FILE}:
        return old.several == new.several
    return all(getattr(old, name) == getattr(new, name) for name in SAME)


def may_fit(old: Param, new: Param) -> bool:
    """Whether answers to the one can make sense as answers to the other. An amount is no number of something else."""
    if old.kind is new.kind:
        return old.model is new.model
    if old.kind in WORDS:
        return new.kind in WORDS | {Kind.NUMBER, Kind.DATE}
    return old.kind in {Kind.NUMBER, Kind.DATE} and new.kind in {Kind.TEXT, Kind.LONG_TEXT}
