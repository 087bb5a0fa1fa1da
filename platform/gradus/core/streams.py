"""Answers that are written while they are sent, when the middleware has long put its reader's language away."""

from collections.abc import Iterator
from typing import TypeVar

from django.utils import timezone, translation

T = TypeVar("T")
_END = object()


def as_read_now(stream: Iterator[T]) -> Iterator[T]:
    """The same stream, each piece made in the language and the time zone of this moment."""
    language, zone = translation.get_language(), timezone.get_current_timezone()

    def pieces() -> Iterator[T]:
        while True:
            with translation.override(language), timezone.override(zone):
                piece = next(stream, _END)
            if piece is _END:
                return
            yield piece  # type: ignore[misc]

    return pieces()
