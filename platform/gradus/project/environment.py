"""Settings from the environment: typed readers that say what is wrong and what would be right.

Every reader records the variable it read, so that `docs/settings.md` can be held complete by a test.
"""

import os
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from babel.numbers import list_currencies
from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")
TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


@dataclass(frozen=True)
class Variable:
    """One variable of the environment: its name, the kind of its value, the default and what it does."""

    name: str
    kind: str
    default: str
    help: str


VARIABLES: dict[str, Variable] = {}


def _read(name: str, kind: str, default: T, help: str, parse: Callable[[str], T]) -> T:  # noqa: A002
    VARIABLES[name] = Variable(name, kind, str(default), help)
    raw = os.environ.get(name)
    if raw is None or raw.strip() == "":
        return default
    try:
        return parse(raw.strip())
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}={raw!r}: {error}. It sets {help}") from None


def text(name: str, default: str, help: str) -> str:  # noqa: A002
    return _read(name, "text", default, help, str)


def flag(name: str, default: bool, help: str) -> bool:  # noqa: A002, FBT001
    return _read(name, "yes/no", default, help, _flag)


def number(name: str, default: int, help: str, *, least: int | None = None) -> int:  # noqa: A002
    def parse(raw: str) -> int:
        found = _number(raw)
        if least is not None and found < least:
            raise ValueError(f"expected at least {least}")
        return found

    return _read(name, "whole number", default, help, parse)


def url(name: str, default: str, help: str, *, schemes: Collection[str]) -> str:  # noqa: A002
    """An address; `schemes` are what it may begin with."""

    def parse(raw: str) -> str:
        if urlsplit(raw).scheme not in schemes or "://" not in raw:
            raise ValueError(f"expected an address that begins with {', '.join(f'{each}://' for each in schemes)}")
        return raw

    return _read(name, "text", default, help, parse)


def zone(name: str, default: str, help: str) -> str:  # noqa: A002
    def parse(raw: str) -> str:
        if raw not in available_timezones():
            raise ValueError("expected a time zone such as Europe/Berlin")
        return raw

    return _read(name, "text", default, help, parse)


def currency(name: str, default: str, help: str) -> str:  # noqa: A002
    def parse(raw: str) -> str:
        if raw not in list_currencies():
            raise ValueError("expected three capital letters such as EUR")
        return raw

    return _read(name, "text", default, help, parse)


def names(name: str, default: Sequence[str], help: str) -> list[str]:  # noqa: A002
    """A list separated by commas."""
    found = _read(name, "list", ",".join(default), help, str)
    return [part.strip() for part in found.split(",") if part.strip()]


def choice(name: str, default: str, options: Sequence[str], help: str) -> str:  # noqa: A002
    def parse(raw: str) -> str:
        if raw not in options:
            raise ValueError(f"expected one of {', '.join(options)}")
        return raw

    return _read(name, " | ".join(options), default, help, parse)


def folder(name: str, default: Path, help: str) -> Path:  # noqa: A002
    return _read(name, "folder", default, help, lambda raw: Path(raw).expanduser().resolve())


def hand_down(name: str, value: str) -> str:
    """What the programs started from here will read for this variable: what is set, else `value`."""
    if not os.environ.get(name, "").strip():
        os.environ[name] = value
    return os.environ[name].strip()


def _flag(raw: str) -> bool:
    if raw.lower() in TRUE:
        return True
    if raw.lower() in FALSE:
        return False
    raise ValueError("expected yes or no (also true/false, on/off, 1/0)")


def _number(raw: str) -> int:
    try:
        return int(raw)
    except ValueError:
        raise ValueError("expected a whole number") from None
