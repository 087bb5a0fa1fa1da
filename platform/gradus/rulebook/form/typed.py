"""What is sent from an input, as the value a book has: None where it is empty. A RuleError says what to write."""

import re
import tomllib
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gradus.core import money
from gradus.policy.errors import RuleError
from gradus.rulebook.form.naming import free, slug

LONGEST_VALUE = 20_000
_WHOLE = re.compile(r"-?\d{1,15}")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def value_of(way: str, sent: Any, old: Any = None) -> Any:
    """`old` is what stands there now: choices keep their words."""
    reader = READERS.get(way)
    if reader is None:
        raise RuleError(_("This form does not know what to do with that. Load the page again."))
    return reader(sent, old)


def _text(sent: Any, _old: Any) -> str | None:
    if not isinstance(sent, str) or len(sent) > LONGEST_VALUE:
        raise RuleError(_("This text is too long."))
    lines = sent.replace("\r\n", "\n")
    if any(ord(char) < 32 and char not in "\n\t" for char in lines) or any(0xD800 <= ord(c) <= 0xDFFF for c in lines):
        raise RuleError(_("This text holds characters nobody can see. Type it again."))
    return lines if lines.strip() else None


def _line(sent: Any) -> str:
    return _text(sent, None) or ""


def _number(sent: Any, _old: Any) -> int | None:
    text = _line(sent).strip()
    if not text:
        return None
    if not _WHOLE.fullmatch(text):
        raise RuleError(_("Write a whole number, such as 3."))
    return int(text)


def _decimal(sent: Any, _old: Any) -> int | float | None:
    text = _line(sent).strip().replace(",", ".")
    if not re.fullmatch(r"(-?\d{1,15}(\.\d{1,9})?)?", text):
        raise RuleError(_("Write a number, such as 2.5."))
    return (float(text) if "." in text else int(text)) if text else None


def _money(sent: Any, _old: Any) -> int | None:
    text = _line(sent).strip()
    try:
        return money.read(text, settings.CURRENCY) if text else None
    except ValidationError as wrong:
        raise RuleError(" ".join(wrong.messages)) from None


def _flag(sent: Any, _old: Any) -> bool | None:
    return True if sent is True else None


def _flag_on(sent: Any, _old: Any) -> bool | None:
    """For what holds unless the book says no."""
    return False if sent is False else None


def _texts(sent: Any, _old: Any) -> list[str]:
    if not isinstance(sent, list) or len(sent) > 500:
        raise RuleError(_("This form does not know what to do with that. Load the page again."))
    return [str(each)[:200] for each in sent]


def _names(sent: Any, _old: Any) -> str | list[str] | None:
    found = [each.strip() for each in _line(sent).split(",") if each.strip()]
    return found[0] if len(found) == 1 else found or None


def _choices(sent: Any, old: Any) -> dict[str, str] | None:
    """A line for each label. A label that stays keeps its word, and so does one that is written anew in its place."""
    labels = list(dict.fromkeys(line.strip() for line in _line(sent).split("\n") if line.strip()))
    listed = old if isinstance(old, list) else []
    before = old if isinstance(old, dict) else {str(each): str(each) for each in listed}
    before = {word: str(label) for word, label in before.items()}
    words = {label: word for word, label in before.items()}
    if len(labels) == len(before):
        for (word, was), label in zip(before.items(), labels, strict=True):
            if was not in labels:
                words.setdefault(label, word)
    found: dict[str, str] = {}
    for label in labels:
        kept = words.get(label)
        found[kept if kept and kept not in found else free(slug(label, "choice"), found)] = label
    return found or None


def _given(sent: Any, old: Any) -> dict[str, Any] | None:
    """`amount = 5000, own = true`; the state has its own input and stays."""
    text = " ".join(_line(sent).split())
    try:
        found = tomllib.loads(f"x = {{ {text} }}")["x"] if text else {}
    except ValueError:
        raise RuleError(_("Write it as name = value, with commas between; texts stand in quotes.")) from None
    state = {"state": old["state"]} if isinstance(old, dict) and "state" in old else {}
    return {**state, **found}


def span(sent: Any) -> str:
    """`2 days`; empty without a number."""
    amount = _number(_part(sent, "amount"), None)
    return f"{amount} {_part(sent, 'unit')}" if amount is not None else ""


def _span(sent: Any, _old: Any) -> str | None:
    return span(sent) or None


def _per(sent: Any, _old: Any) -> str:
    unit = _part(sent, "unit")
    return unit if unit.startswith("calendar") else span({"unit": unit, "amount": _part(sent, "amount") or "30"})


def trigger(sent: Any, first: Mapping[str, str]) -> tuple[str, str]:
    """The key (`on`, `after`, `every`) and its text. `first` fills in what the controls did not ask yet."""
    when = _part(sent, "when")
    if when == "after":
        filled = {"amount": _part(sent, "amount") or "2", "unit": _part(sent, "unit") or "days"}
        return "after", f"{span(filled)} in {_part(sent, 'state') or first.get('state', '')}"
    if when == "on":
        return "on", _part(sent, "transition") or first.get("transition", "")
    if when == "pair":
        source, target = _part(sent, "source") or "*", _part(sent, "target") or first.get("state", "*")
        return "on", f"{source} -> {target}"
    if when == "every":
        day, time = _part(sent, "day") or "day", _part(sent, "time") or "07:00"
        if not _TIME.fullmatch(time):
            raise RuleError(_("Write a time of day, such as 07:00."))
        number = _number(_part(sent, "number"), None) or 1
        return "every", f"month on {number} at {time}" if day == "month" else f"{day} at {time}"
    raise RuleError(_("This form does not know what to do with that. Load the page again."))


def _part(sent: Any, name: str) -> str:
    found = sent.get(name, "") if isinstance(sent, dict) else ""
    return _line(found).strip()


READERS: dict[str, Callable[[Any, Any], Any]] = {
    "text": _text,
    "number": _number,
    "decimal": _decimal,
    "money": _money,
    "flag": _flag,
    "flag on": _flag_on,
    "texts": _texts,
    "names": _names,
    "choices": _choices,
    "given": _given,
    "span": _span,
    "per": _per,
}
