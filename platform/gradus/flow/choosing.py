"""Choosing a person or an object among any number: by typing a number or an address, or by searching a few at a time.

What stands in the field is enough without JavaScript: a number, a person's e-mail address, or a chosen line, which
ends in its number ("Ada Lovelace (17)").
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gradus.accounts.models import User
from gradus.accounts.roles import STAFF, actor_for

if TYPE_CHECKING:
    from gradus.flow.params import Param

AT_MOST = 20
NAMED_BY = ("display_name", "title", "name")  # the columns people know an object by; the first that is there
NUMBERED = re.compile(r"\((\w[\w-]*)\)\s*$")


@dataclass(frozen=True, slots=True)
class Choice:
    """One that can be chosen: what the field then says, and what tells it from others of its name."""

    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Search:
    """Where a form's choices are searched: `of` is the object's key, None where one is being created."""

    workflow: str
    transition: str
    of: Any = None
    kind: str = ""
    label: str = ""  # of the model, where the form asks which of its fields are asked

    def url(self, param: str) -> str:
        """The address that takes what was typed as `q`."""
        words = {"transition": self.transition, "param": param, "kind": self.kind, "of": self.of}
        given = {name: value for name, value in words.items() if value not in (None, "")}
        return f"{reverse(f'api:choices_{self.workflow}')}?{urlencode(given)}"

    def asking_url(self, prefix: str | None) -> str:
        """The address that answers which fields are asked; nothing where no model was named."""
        words = {"transition": self.transition, "kind": self.kind, "of": self.of, "prefix": prefix}
        given = {name: value for name, value in words.items() if value not in (None, "")}
        return f"{reverse('flow:asked', args=[self.label])}?{urlencode(given)}" if self.label else ""


def text_of(obj: models.Model) -> str:
    """What a field says once the object is chosen."""
    return f"{obj} ({obj.pk})"


def meant(param: "Param", raw: Any) -> models.Model:
    """The object somebody named. Raises ValidationError that says how to name one."""
    typed = raw.strip() if isinstance(raw, str) else raw
    found = None
    if isinstance(typed, int | str) and not isinstance(typed, bool) and "\x00" not in str(typed):
        found = _by_address(param, typed) if "@" in str(typed) else _by_number(param, typed)
    if found is None:
        raise ValidationError(_unknown(param), params={"typed": str(raw)[:80]})
    return found


def search(param: "Param", typed: str, who: Any) -> list[Choice]:
    """Those whose name begins like this, for somebody who may choose; people's addresses are searched by staff alone.

    At most twenty, and one indexed query.
    """
    typed, staff = typed.replace("\x00", "").strip(), actor_for(who).role in STAFF
    rows = param.choosable()
    name = named_by(rows.model)
    people = issubclass(rows.model, User)
    if typed:
        rows = rows.filter(beginning(name, typed, address=people and staff))
    rows = rows.order_by(*([name] if name else []), "pk")
    return [Choice(text_of(row), row.email if people and staff else "") for row in rows[:AT_MOST]]


def named_by(model: type[models.Model]) -> str:
    """The column people know it by; none for what has but a number."""
    return next((name for name in NAMED_BY if _is_text(model, name)), "")


def beginning(name: str, typed: str, *, address: bool) -> models.Q:
    """The condition of the search; by address as well where that is for the one who asks."""
    found = models.Q(**{f"{name}__istartswith": typed}) if name else models.Q()
    if typed.isascii() and typed.isdigit() and len(typed) < 16:
        found |= models.Q(pk=int(typed))
    elif not name:
        return models.Q(pk__in=[])
    return found | models.Q(email__startswith=typed.lower()) if address else found


def _is_text(model: type[models.Model], name: str) -> bool:
    try:
        return isinstance(model._meta.get_field(name), models.CharField)
    except FieldDoesNotExist:
        return False


def _by_address(param: "Param", typed: Any) -> models.Model | None:
    if not issubclass(param.choosable().model, User):
        return None
    found: models.Model | None = param.choosable().alias(at=Lower("email")).filter(at=str(typed).lower()).first()
    return found


def _by_number(param: "Param", typed: Any) -> models.Model | None:
    chosen = NUMBERED.search(typed) if isinstance(typed, str) else None
    try:
        found: models.Model | None = param.choosable().filter(pk=chosen[1] if chosen else typed).first()
    except (ValueError, OverflowError, ValidationError):
        return None
    return found


def _unknown(param: "Param") -> Any:
    if param.model is not None and issubclass(param.model, User):
        return _("There is nobody known as “%(typed)s”. Choose from the list, or write an e-mail address or a number.")
    return _("There is no “%(typed)s” to choose. Choose from the list, or write its number.")
