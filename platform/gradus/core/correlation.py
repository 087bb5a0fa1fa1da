"""One id that follows a piece of work through log lines, tasks and history rows."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_current: ContextVar[str] = ContextVar("correlation_id", default="")


def new() -> str:
    return uuid.uuid4().hex


def current() -> str:
    """The id of the work going on, or an empty text outside of any."""
    return _current.get()


@contextmanager
def bind(correlation_id: str = "") -> Iterator[str]:
    """Run the block under this id (a fresh one when none is given)."""
    token = _current.set(correlation_id or new())
    try:
        yield _current.get()
    finally:
        _current.reset(token)
