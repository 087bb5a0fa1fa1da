"""What may be called what, and how much of it one book may hold.

Names end up in addresses, columns and keyword arguments, so they are short lower-case words; the lengths are those of
the columns that keep them (`gradus.flow.models`).
"""

import re
from collections.abc import Collection, Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from gradus.policy.errors import RuleError, phrase

LONGEST_BOOK = 200_000  # characters
MOST = {
    "fields": 200, "conditions": 500, "permissions": 100, "transitions": 100, "states": 60, "limits": 50,
    "automations": 50, "do": 20, "tests": 1000,
    "values": 500, "ask": 50, "then": 20, "choices": 200,
}  # fmt: skip
LONGEST_NAME = {"state": 40}
NAMED = {
    "process": _("process"), "state": _("state"), "field": _("field"), "condition": _("condition"),
    "right": _("right"), "transition": _("transition"), "limit": _("limit"), "automation": _("automation"),
    "value": _("number"),
}  # fmt: skip
LONGEST = 60
MOST_ANSWERS = 100  # of one field

# What `flow.create` and `flow.apply` take themselves, and what every governed object has.
TAKEN = frozenset(
    {"at", "by", "now", "kind", "expect_version", "id", "pk", "obj", "user", "answers", "state", "version",
     "state_since", "created_at"}
)  # fmt: skip
UNITS = ("minute", "hour", "day", "week")  # of what rolls, of waiting, and of moments in tests
COUNTED = rf"({'|'.join(UNITS)})s?"
_WORD = re.compile(r"[a-z][a-z0-9_]*")
_ID = re.compile(r"[a-z][a-z0-9_-]*")


def check_name(kind: str, name: str, taken: Collection[str] = ()) -> None:
    """Raise RuleError unless something of that kind (state, transition, field, …) may be called so."""
    longest = LONGEST_NAME.get(kind, LONGEST)
    if not (_ID if kind in {"limit", "automation"} else _WORD).fullmatch(name):
        raise RuleError(phrase("a name has small letters, digits and _ only, and begins with a letter"))
    if len(name) > longest:
        raise RuleError(
            phrase("the name of a {} has at most {} characters; this one has {}", NAMED[kind], longest, len(name))
        )
    if name in taken:
        raise RuleError(phrase("“{}” is taken: every object has it already, so choose another name", name))


def check_number(section: str, found: int) -> None:
    """Raise RuleError when one place of a book holds more than anybody could read."""
    if found > MOST[section]:
        raise RuleError(phrase("at most {} are allowed here; these are {}", MOST[section], found))


def too_many(data: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], str]]:
    """The sections that hold more than anybody could read, and what is wrong: such a book is read no further."""
    process = data.get("process")
    sections: dict[tuple[str, ...], Any] = {(key,): value for key, value in data.items()}
    if isinstance(process, dict):
        sections |= {("process", key): process.get(key) for key in ("fields", "states")}
    for path, found in sections.items():
        if path[-1] in MOST and isinstance(found, dict | list):
            try:
                check_number(path[-1], len(found))
            except RuleError as error:
                yield path, str(error)
