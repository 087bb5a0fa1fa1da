"""Serving files with HTTP Range: Django's own file responses have none, and video cannot seek without."""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any
from urllib.parse import unquote

from django.core.handlers.asgi import ASGIRequest
from django.db.models.fields.files import FieldFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, http_date, parse_http_date_safe

CHUNK = 256 * 1024
# One range only; several are answered with the whole file, as RFC 9110 allows.
RANGE = re.compile(r"bytes=\s*(?:([0-9]{1,18})-([0-9]{0,18})|-([0-9]{1,18}))\s*", re.IGNORECASE)
SANDBOX = "sandbox; default-src 'none'; img-src 'self'; media-src 'self'"
UNSAFE_IN_NAMES = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|\u200e\u200f\u202a-\u202e\u2066-\u2069]')


@dataclass(frozen=True, slots=True)
class Source:
    """An opened file and what its headers say."""

    file: IO[bytes]
    size: int
    modified: datetime
    etag: str


def serve_ranged(
    request: HttpRequest,
    file: Path | FieldFile,
    *,
    content_type: str,
    filename: str | None = None,
    private: bool = True,
) -> HttpResponseBase:
    """The file, or the part of it the Range header asks for; a `filename` makes it a download.

    The caller has decided that this person may have it. Raises Http404 when the file is gone.
    """
    if request.method not in {"GET", "HEAD"}:
        return HttpResponseNotAllowed(["GET", "HEAD"])
    source = _open(file)
    response = _respond(request, source, content_type)
    if response is not None and not response.streaming:
        source.file.close()
    _describe(response, source, filename=filename, private=private)
    return response


def safe_filename(name: str) -> str:
    """A name that is only a name: no folders, no control or direction characters, never empty or hidden."""
    cleaned = UNSAFE_IN_NAMES.sub("_", unquote(name)).strip(" ._")  # some browsers send %0D for what it stands for
    stem, dot, suffix = cleaned[-255:].rpartition(".")
    return (f"{stem[:180]}{dot}{suffix[:20]}" if stem else cleaned[-180:]) or "file"


def _open(file: Path | FieldFile) -> Source:
    try:
        if isinstance(file, Path):
            stat = file.stat()
            return _source(file.open("rb"), stat.st_size, datetime.fromtimestamp(stat.st_mtime, UTC), str(file))
        # A fresh handle: the field's own one is shared by everybody who holds the instance.
        storage, name = file.storage, file.name or ""
        size, modified = storage.size(name), storage.get_modified_time(name)
        return _source(storage.open(name, "rb"), size, modified, name)
    except (FileNotFoundError, IsADirectoryError, ValueError) as missing:
        raise Http404("The file is gone.") from missing


def _source(handle: Any, size: int, modified: datetime, name: str) -> Source:
    mark = hashlib.sha256(f"{name}:{size}:{modified.timestamp()}".encode()).hexdigest()[:32]
    return Source(handle, size, modified, f'"{mark}"')


def _respond(request: HttpRequest, source: Source, content_type: str) -> HttpResponseBase:
    unchanged = get_conditional_response(request, source.etag, int(source.modified.timestamp()))
    if unchanged is not None:
        return unchanged
    wanted = _wanted(request, source)
    if wanted is None:
        return _body(request, source, content_type, 0, source.size)
    start, end = wanted
    if start >= end:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{source.size}"})
    response = _body(request, source, content_type, start, end)
    response.status_code = 206
    response["Content-Range"] = f"bytes {start}-{end - 1}/{source.size}"
    return response


def _wanted(request: HttpRequest, source: Source) -> tuple[int, int] | None:
    """The half-open byte range asked for: None for the whole file, an empty one when nothing can satisfy it."""
    match = RANGE.fullmatch(request.headers.get("Range", ""))
    if match is None or request.method != "GET" or not _still_the_same(request, source):
        return None
    first, last, suffix = match.groups()
    if suffix is not None:
        return max(0, source.size - int(suffix)), source.size
    if last and int(last) < int(first):
        return None
    return int(first), min(int(last) + 1, source.size) if last else source.size


def _still_the_same(request: HttpRequest, source: Source) -> bool:
    condition = request.headers.get("If-Range")
    if condition is None:
        return True
    if condition.startswith(('"', "W/")):
        return condition == source.etag
    return parse_http_date_safe(condition) == int(source.modified.timestamp())


def _body(request: HttpRequest, source: Source, content_type: str, start: int, end: int) -> HttpResponseBase:
    response: HttpResponseBase
    if request.method == "HEAD":
        response = HttpResponse(content_type=content_type)
    else:
        source.file.seek(start)
        window = AsyncWindow if isinstance(request, ASGIRequest) else Window
        response = StreamingHttpResponse(window(source.file, end - start), content_type=content_type)
    response["Content-Length"] = str(end - start)
    return response


def _describe(response: HttpResponseBase, source: Source, *, filename: str | None, private: bool) -> None:
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = source.etag
    response["Last-Modified"] = http_date(source.modified.timestamp())
    response["Cache-Control"] = "private, no-cache" if private else "public, max-age=3600"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Content-Security-Policy"] = SANDBOX
    if filename is not None:
        response["Content-Disposition"] = content_disposition_header(
            as_attachment=True, filename=safe_filename(filename)
        )


class Window:
    """The next bytes of an open file, in chunks; closed by the response, also when nobody read it."""

    def __init__(self, file: IO[bytes], length: int) -> None:
        self.file, self.left = file, length

    def read(self) -> bytes:
        chunk = self.file.read(min(CHUNK, self.left))
        self.left -= len(chunk)
        return chunk

    def __iter__(self) -> Iterator[bytes]:
        while chunk := self.read():
            yield chunk

    def close(self) -> None:
        self.file.close()


class AsyncWindow:
    """The same for ASGI, where a blocking iterator would be read into memory whole."""

    def __init__(self, file: IO[bytes], length: int) -> None:
        self.window = Window(file, length)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while chunk := await asyncio.to_thread(self.window.read):
            yield chunk

    def close(self) -> None:
        self.window.close()
