"""What somebody tries on a surface, and what becomes of it: alike on the site, in the workbench and in the API."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst

from gradus.core.reasons import About
from gradus.flow import asking, filing, pace
from gradus.flow.errors import Denied, FlowError, Limited, Stale
from gradus.flow.forms import AskingForm
from gradus.flow.models import Stateful
from gradus.flow.offering import Offer
from gradus.flow.protocol import apply
from gradus.flow.registry import machine
from gradus.flow.verdicts import who_was_first

INVALID = 422


@dataclass(slots=True)
class Attempted:
    """Done, refused, or not what is asked. What was typed stays in the form; `reasons` are those no field tells."""

    name: str
    form: forms.Form | None = None
    done: Any = None
    refusal: FlowError | None = None
    reasons: list[str] = field(default_factory=list)

    @property
    def status(self) -> int:
        if self.done is not None:
            return 200
        return INVALID if self.refusal is None else self.refusal.status

    @property
    def headers(self) -> dict[str, str]:
        return {} if self.refusal is None else self.refusal.headers

    @property
    def about(self) -> About | None:
        """What can be explained, where a rule said no."""
        return None if self.refusal is None else self.refusal.about

    def make(self, change: Callable[[], Any]) -> "Attempted":
        """Make the change, or keep why it did not happen."""
        try:
            self.done = change()
        except FlowError as error:
            self.refused(error)
        except ValidationError as error:
            self.invalid(error)
        return self

    def refused(self, error: FlowError) -> None:
        """A refusal for what was filled in is told at its fields, like any other mistake in them."""
        fields = error.fields if isinstance(error, Denied) else {}
        if self.form is not None and fields and fields.keys() <= set(shown_in(self.form)):
            self.invalid(ValidationError({name: list(map(capfirst, said)) for name, said in fields.items()}))
            return
        self.refusal, self.reasons = error, list(error.reasons)

    def invalid(self, error: ValidationError) -> None:
        """Put each message at its field, and the rest on top."""
        for name, messages in getattr(error, "message_dict", {None: error.messages}).items():
            known = self.form is not None and name in self.form.fields
            if self.form is not None:
                self.form.add_error(name if known else None, messages)
            else:
                self.reasons.extend(messages)


def shown_in(form: forms.Form) -> Iterable[str]:
    """The fields people were asked: a message at another would stand where nobody looks."""
    return form.asked_names() if isinstance(form, AskingForm) else form.fields.keys()


def move(
    obj: Stateful, name: str, *, by: Any, values: Mapping[str, Any], expect_version: int | None = None
) -> Stateful:
    """Make a transition as a surface asks for it. Raises what `flow.apply` raises."""
    pace.spare_others(by, obj, name)
    return apply(obj, name, by=by, expect_version=expect_version, **values)


def attempt(
    obj: Stateful, name: str, *, by: Any, form: forms.Form | None = None, expect_version: int | None = None
) -> Attempted:
    """Try a transition with what was filled in, no faster than people move things."""

    def change() -> Stateful:
        pace.keep(by)
        return move(obj, name, by=by, values=form.cleaned_data if form else {}, expect_version=expect_version)

    attempted = Attempted(name, form if form is not None and form.fields else None)  # nothing asked, nothing to show
    if form is None or form.is_valid():
        return attempted.make(change)
    if expect_version is not None and expect_version != obj.version:  # a mistake does not hide that somebody was first
        attempted.refused(Stale(who_was_first(obj)).of(obj, name, machine(obj).label(name), by))
    return attempted


def attempt_each(
    objs: Iterable[Stateful], name: str, *, by: Any, values: Mapping[str, Any], seen: Mapping[int, int | None]
) -> Iterator[tuple[Stateful, Attempted]]:
    """Try the same with each, as one thing a person does; `seen` is the version they saw each in."""
    too_fast = _too_fast(by)
    for obj in objs:
        params = machine(obj).move(name).params.given_to(asking.setting(obj, by))
        given = {key: values[key] for key in params.asked(values) if key in values}
        attempted = Attempted(name)
        if too_fast is None:
            attempted.make(partial(move, obj, name, by=by, values=given, expect_version=seen.get(obj.pk)))
        else:
            attempted.refused(too_fast)
        yield obj, attempted


def _too_fast(who: Any) -> Limited | None:
    try:
        pace.keep(who)
    except Limited as error:
        return error
    return None


def file(model: type[Stateful], offer: Offer, *, by: Any, form: forms.Form) -> Attempted:
    """Try to create what is offered with what was filled in."""
    attempted = Attempted(offer.name, form)
    if not form.is_valid():
        return attempted
    return attempted.make(lambda: filing.file(model, offer, by=by, values=form.cleaned_data))
