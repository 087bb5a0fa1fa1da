"""Answers that are written while they are sent, when the middleware has long put its reader's language away."""

from collections.abc import AsyncIterator, Iterator
from typing import Any, TypeVar

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest
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


def for_server(request: HttpRequest, stream: Iterator[T]) -> Iterator[T] | AsyncIterator[T]:
    """The same stream as the server reads it: under ASGI a blocking one would be read into memory whole."""
    return _in_thread(stream) if isinstance(request, ASGIRequest) else stream


async def _in_thread(stream: Iterator[T]) -> AsyncIterator[T]:
    """Each piece is made in the thread of the request, whose connection to the database it reads from."""
    make = sync_to_async(_next)
    while (piece := await make(stream)) is not _END:
        yield piece


def _next(stream: Iterator[T]) -> Any:
    return next(stream, _END)
