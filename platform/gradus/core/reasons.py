"""Where a refusal is explained, for those who may read explanations: whoever explains rules says so.

Every surface asks here, so that one place decides who is led where.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class About:
    """What was refused: `name` of `thing`, which need not exist yet. `label` is what people call it.

    `by` is who wanted it, a person or an actor; left out, whoever reads of it.
    """

    thing: Any
    name: str
    label: Any = ""
    by: Any = None


Finder = Callable[[Any, About], str]
_finder: Finder | None = None


def explain_with(finder: Finder) -> None:
    """Who knows the address of an explanation, and who may read it. It answers with nothing for everybody else."""
    global _finder  # noqa: PLW0603 - set once while apps are loaded
    _finder = finder


def explanation(reader: Any, about: About | None) -> str:
    """The address of the explanation; empty where there is none, or none for this reader."""
    return _finder(reader, about) if _finder is not None and about is not None else ""


def member(reader: Any, about: About | None) -> dict[str, str]:
    """The address as a member of an answer to a program, or no member."""
    address = explanation(reader, about)
    return {"why": address} if address else {}
