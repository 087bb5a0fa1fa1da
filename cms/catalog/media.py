"""What may be uploaded to a lesson: the content is looked at, not the name alone."""

import re
from collections.abc import Iterator

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext_lazy as _

from gradus.core.uploads import DOCUMENTS, VIDEOS, check_upload

VIDEO_TYPES = {endings[0]: kind for kind, endings in VIDEOS.items()}
CAPTIONS_BYTES = 1024 * 1024
TIMING = re.compile(r"^(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})\s+-->\s+(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})")


def is_stored(file: "File[bytes]") -> bool:
    """Whether this was checked and saved before, and is not a new upload."""
    return bool(getattr(file, "_committed", False))


def validate_video(upload: "FieldFile") -> None:
    if not is_stored(upload):
        check_upload(upload.file, kinds=VIDEOS, max_bytes=settings.VIDEO_BYTES)


def validate_file(upload: "FieldFile") -> None:
    if not is_stored(upload):
        check_upload(upload.file, kinds=DOCUMENTS, max_bytes=settings.DOCUMENT_BYTES)


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
