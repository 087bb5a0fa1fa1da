"""Editions of a kind. Each is a process of its own: `refund` the first, `refund-2` the second.

No name of a process can hold a "-", so what a thing was filed under tells both the kind and the edition.
"""

import re
from typing import NamedTuple

FIRST = 1
MOST = 999
_PROCESS = re.compile(r"(?P<kind>[^-]*)-(?P<edition>[1-9][0-9]*)")


class Edition(NamedTuple):
    """A kind by its name, and which edition of it."""

    kind: str
    number: int


def process_of(kind: str, edition: int) -> str:
    """What things filed under this edition keep."""
    return kind if edition == FIRST else f"{kind}-{edition}"


def edition_of(process: str) -> Edition:
    """The other way round."""
    found = _PROCESS.fullmatch(process)
    return Edition(found["kind"], int(found["edition"])) if found else Edition(process, FIRST)


def kind_of(process: str) -> str:
    """What people, limits and other systems know it by, whatever the edition."""
    return edition_of(process).kind
