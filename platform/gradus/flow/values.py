"""The values parameters take: checked on the way in, and as JSON keeps them."""

import uuid
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext_lazy as _

from gradus.core.texts import tidy
from gradus.flow import choosing

if TYPE_CHECKING:
    from gradus.flow.params import Param

TEXT_LIMIT = 200
LONG_TEXT_LIMIT = 20_000
_is_web_address = URLValidator(schemes=["http", "https"])
MANY = 100  # values of a list whose declaration names no number
LARGEST = 2**53 - 1  # what JSON numbers hold exactly everywhere


def clean(param: "Param", raw: Any) -> Any:
    return CLEANERS[param.kind](param, raw)


def clean_several(param: "Param", raw: Any) -> list[Any]:
    """Each value cleaned, repetitions left out. Raises ValidationError for more than are taken."""
    given = _as_list(raw)
    if len(given) > param.many:
        raise ValidationError(_("At most %(most)d of these."), params={"most": param.many})
    return list(dict.fromkeys(clean(param, one) for one in given))


def _as_list(raw: Any) -> list[Any]:
    if isinstance(raw, Iterable) and not isinstance(raw, str | bytes | dict):
        return list(raw)
    return [raw]


def _text(param: "Param", raw: Any) -> str:
    if not isinstance(raw, str):
        raise ValidationError(_("This must be a text."))
    text, most = tidy(raw), param.most or (LONG_TEXT_LIMIT if param.kind == "long text" else TEXT_LIMIT)
    if not text and param.required:
        raise ValidationError(_("Please fill this in."), code="required")
    if "\x00" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise ValidationError(_("This contains a character that cannot be kept."))
    if len(text) > most:
        raise ValidationError(_("This is too long: at most %(most)d characters."), params={"most": most})
    if param.least and len(text) < param.least:
        raise ValidationError(_("This is too short: at least %(least)d characters."), params={"least": param.least})
    return text


def _number(param: "Param", raw: Any) -> int:
    try:
        number = int(raw) if isinstance(raw, str) else raw
    except ValueError:
        number = None
    if not isinstance(number, int) or isinstance(number, bool) or abs(number) > LARGEST:
        raise ValidationError(_("This must be a whole number."))
    if param.least is not None and number < param.least:
        raise ValidationError(_("This is too little."))
    if param.most is not None and number > param.most:
        raise ValidationError(_("This is too much."))
    return number


def _money(param: "Param", raw: Any) -> int:
    number = _number(param, raw)
    if number < 0:
        raise ValidationError(_("An amount cannot be negative."))
    return number


def _flag(_param: "Param", raw: Any) -> bool:
    if raw in (True, "true", "on", "1"):
        return True
    if raw in (False, "false", "0"):
        return False
    raise ValidationError(_("This must be yes or no."))


def _date(_param: "Param", raw: Any) -> date:
    if isinstance(raw, datetime):
        raise ValidationError(_("This must be a date without a time."))
    found = raw if isinstance(raw, date) else _parsed(parse_date, raw)
    if found is None:
        raise ValidationError(_("This must be a date such as 2026-03-01."))
    return found


def _datetime(_param: "Param", raw: Any) -> datetime:
    found = raw if isinstance(raw, datetime) else _parsed(parse_datetime, raw)
    if found is None:
        raise ValidationError(_("This must be a date and a time such as 2026-03-01 14:30."))
    return found if timezone.is_aware(found) else timezone.make_aware(found)


def _parsed(parse: Callable[[str], Any], raw: Any) -> Any:
    try:
        return parse(raw) if isinstance(raw, str) else None
    except ValueError:
        return None


def _email(param: "Param", raw: Any) -> str:
    text = _text(param, raw)
    validate_email(text)
    return text


def _url(param: "Param", raw: Any) -> str:
    text = _text(param, raw)
    _is_web_address(text)
    return text


def _choice(param: "Param", raw: Any) -> str:
    if raw not in [value for value, _label in param.choices]:
        raise ValidationError(_("This is not one of the choices."))
    return str(raw)


def _file(_param: "Param", raw: Any) -> uuid.UUID:
    key = getattr(raw, "pk", raw)
    try:
        return key if isinstance(key, uuid.UUID) else uuid.UUID(str(key))
    except ValueError:
        raise ValidationError(_("This file is not known.")) from None


def _object(param: "Param", raw: Any) -> models.Model:
    if param.model is None:
        raise TypeError(f"{param.name}: an object needs its model")
    if isinstance(raw, param.model):
        return raw
    return choosing.meant(param, raw)


CLEANERS: dict[str, Callable[["Param", Any], Any]] = {
    "text": _text,
    "long text": _text,
    "number": _number,
    "money": _money,
    "flag": _flag,
    "date": _date,
    "datetime": _datetime,
    "choice": _choice,
    "email": _email,
    "url": _url,
    "person": _object,
    "file": _file,
    "object": _object,
}
SCHEMAS: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "long text": {"type": "string"},
    "number": {"type": "integer"},
    "money": {"type": "integer", "minimum": 0},
    "flag": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "choice": {"type": "string"},
    "email": {"type": "string", "format": "email"},
    "url": {"type": "string", "format": "uri"},
    "person": {"type": ["integer", "string"]},
    "file": {"type": "string", "format": "uuid"},
    "object": {"type": ["integer", "string"]},
}


def schema(param: "Param") -> dict[str, Any]:
    """One value's JSON Schema."""
    found = dict(SCHEMAS[param.kind])
    if param.choices:
        found["enum"] = [value for value, _label in param.choices]
    least, most = ("minLength", "maxLength") if found["type"] == "string" else ("minimum", "maximum")
    if param.least is not None and param.kind != "file":
        found[least] = param.least
    if param.most is not None and param.kind != "file":
        found[most] = param.most
    return found


def whole(raw: str) -> int | None:
    """A number a page of ours sent back (an id, a version), or None for anything else."""
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 16 else None


def answered(value: Any) -> Any:
    """A cleaned value as an answer of a declared process: a text left empty is missing, like anything else left out."""
    return None if value == "" else stored(value)


def stored(value: Any) -> Any:
    """A cleaned value as JSON keeps it."""
    if isinstance(value, list):
        return [stored(one) for one in value]
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, uuid.UUID) else value
