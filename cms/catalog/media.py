"""What may be uploaded to a lesson: the content is looked at, not the name alone."""

import re
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.utils.translation import gettext_lazy as _

VIDEO_TYPES = {"mp4": "video/mp4", "webm": "video/webm"}
CAPTIONS_BYTES = 1024 * 1024
TIMING = re.compile(r"^(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})\s+-->\s+(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})")


def video_kind(head: bytes) -> str | None:
    """`mp4` or `webm` from a file's first bytes; None for anything else."""
    if head[4:8] == b"ftyp":
        return "mp4"
    return "webm" if head.startswith(b"\x1a\x45\xdf\xa3") else None


def is_stored(file: "File[bytes]") -> bool:
    """Whether this was checked and saved before, and is not a new upload."""
    return bool(getattr(file, "_committed", False))


def validate_video(upload: "File[bytes]") -> None:
    if is_stored(upload):
        return
    upload.seek(0)
    kind = video_kind(upload.read(12))
    upload.seek(0)
    extension = str(upload.name).rpartition(".")[2].lower()
    if kind is None or extension != kind:
        raise ValidationError(_("This is not an MP4 or WebM video. Export it as MP4 (H.264) and try again."))


def validate_captions(upload: "File[bytes]") -> None:
    """Refuse what a browser shows as no captions: a wrong header, no cue, a cue that ends before it starts."""
    if is_stored(upload):
        return
    if (upload.size or 0) > CAPTIONS_BYTES:
        raise ValidationError(_("Captions are text: a file above 1 MB is something else."))
    upload.seek(0)
    text = _decode(upload.read())
    upload.seek(0)
    if not text.startswith("WEBVTT"):
        raise ValidationError(_("This is not a WebVTT file: its first line has to be WEBVTT."))
    found = list(cues(text))
    if not found:
        raise ValidationError(_("There is no caption in it. A caption starts with a line like 00:01.000 --> 00:04.000"))
    for start, end in found:
        if end <= start:
            raise ValidationError(_("A caption ends before it starts (at second %(start)s)."), params={"start": start})


def _decode(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValidationError(_("Captions have to be saved as UTF-8 text.")) from None


def cues(text: str) -> Iterator[tuple[float, float]]:
    """Start and end of every cue, in seconds. A line with an arrow that is no timing raises ValidationError."""
    for number, line in enumerate(text.splitlines(), 1):
        if "-->" not in line:
            continue
        match = TIMING.match(line.strip())
        if match is None:
            raise ValidationError(_("Line %(number)s is not a caption's timing."), params={"number": number})
        parts = [int(part or 0) for part in match.groups()]
        yield _seconds(*parts[:4]), _seconds(*parts[4:])


def _seconds(hours: int, minutes: int, seconds: int, milliseconds: int) -> float:
    return hours * 3600 + minutes * 60 + seconds + milliseconds / 1000


def mp4_seconds(file: Any) -> float | None:
    """The length an MP4 file states in its movie header; None without one. The file is left at its start."""
    movie = _box(file, b"moov", 0, None)
    header = _box(file, b"mvhd", *movie) if movie else None
    seconds = _length(file, header[0]) if header else None
    file.seek(0)
    return seconds


def _length(file: Any, at: int) -> float | None:
    file.seek(at)
    long = file.read(4)[:1] == b"\x01"
    file.read(16 if long else 8)
    scale = int.from_bytes(file.read(4), "big")
    length = int.from_bytes(file.read(8 if long else 4), "big")
    return length / scale if scale else None


def _box(file: Any, name: bytes, start: int, end: int | None) -> tuple[int, int] | None:
    """Where the content of the first box called `name` begins and ends."""
    at = start
    while end is None or at < end:
        file.seek(at)
        head = file.read(16)
        size, header = int.from_bytes(head[:4], "big"), 8
        if size == 1:
            size, header = int.from_bytes(head[8:16], "big"), 16
        if len(head) < 8 or size < header:
            return None
        if head[4:8] == name:
            return at + header, at + size
        at += size
    return None
