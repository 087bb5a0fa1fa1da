"""Why a change did not happen, in words every surface shows alike."""

import math
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Self

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gradus.core.reasons import About

Text = str | Promise


class FlowError(Exception):
    """A refusal: `status` is its HTTP status, `code` its outcome in the history, `reasons` what people read."""

    status = 400
    code = ""
    title: Text = ""
    hidden = False
    about: About | None = None  # what a rule was asked, where one was: what can be explained

    def __init__(self, reasons: Iterable[Text] = ()) -> None:
        self.reasons = [str(reason) for reason in reasons] or [str(self.title)]
        super().__init__(" ".join(self.reasons))

    def of(self, thing: Any, name: str, label: Text, by: Any) -> Self:
        """The same refusal, which knows what it is about; what is hidden is about nothing anybody may know."""
        self.about = None if self.hidden else About(thing, name, label, by)
        return self

    @property
    def headers(self) -> dict[str, str]:
        """What an HTTP answer with this refusal says besides its status."""
        return {}


class Denied(FlowError):  # noqa: N818
    """The rule says no. `hidden` when the person may not even know the object: surfaces answer 404.

    `fields` has every reason at the value it is about, where all of them are about values somebody proposed.
    """

    code = "denied"
    title = _("You may not do this.")

    def __init__(
        self, reasons: Iterable[Text] = (), *, hidden: bool = False, fields: Mapping[str, list[str]] | None = None
    ) -> None:
        super().__init__([_("There is nothing here.")] if hidden else reasons)
        self.hidden = hidden
        self.fields = dict(fields or {})
        self.status = 404 if hidden else 403


class NotNow(FlowError):  # noqa: N818
    """The state says no."""

    status, code, title = 409, "not_now", _("This is not possible at this point.")


class Stale(FlowError):  # noqa: N818
    """The caller looked at an older version: somebody was first."""

    status, code, title = 409, "stale", _("Somebody changed this while you were looking at it.")


class Limited(FlowError):  # noqa: N818
    """A limit is used up until `again`."""

    status, code, title = 429, "limited", _("You have done this as often as is allowed for now.")

    def __init__(self, reasons: Iterable[Text] = (), *, again: datetime | None = None) -> None:
        super().__init__(reasons)
        self.again = again

    @property
    def headers(self) -> dict[str, str]:
        if self.again is None:
            return {}
        return {"Retry-After": str(max(1, math.ceil((self.again - timezone.now()).total_seconds())))}
