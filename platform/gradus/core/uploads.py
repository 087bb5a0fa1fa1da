"""What people upload is judged by what it is, not by what it is called."""

import zipfile
from collections.abc import Mapping
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _
from PIL import Image, UnidentifiedImageError

from gradus.core import videos

# Media type by the extensions it may come with.
IMAGES: Mapping[str, tuple[str, ...]] = {
    "image/png": ("png",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/gif": ("gif",),
    "image/webp": ("webp",),
}
OFFICE: Mapping[str, tuple[str, ...]] = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("xlsx",),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ("pptx",),
}
DOCUMENTS: Mapping[str, tuple[str, ...]] = {
    **IMAGES,
    **OFFICE,
    "application/pdf": ("pdf",),
    "text/plain": ("txt", "log", "md", "csv"),
}
VIDEOS: Mapping[str, tuple[str, ...]] = {"video/mp4": ("mp4",), "video/webm": ("webm",)}
CAPTIONS: Mapping[str, tuple[str, ...]] = {"text/vtt": ("vtt",)}
LARGEST_IMAGE = 50_000_000  # pixels: what decodes to more is refused unread
_PARTS = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "ppt/presentation.xml": "pptx"}
_PIL_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif", "WEBP": "image/webp"}


def check_upload(upload: "UploadedFile[Any]", *, kinds: Mapping[str, tuple[str, ...]], max_bytes: int) -> str:
    """The media type of an upload that is one of `kinds`. Raises ValidationError that says what would be right."""
    if not upload.size:
        raise ValidationError(_("“%(name)s” is empty."), params={"name": upload.name})
    check_size(upload.name or "", upload.size, max_bytes)
    extension = (upload.name or "").rpartition(".")[2].lower()
    found = sniff(upload, extension)
    if found not in kinds or extension not in kinds[found]:
        raise _refused(upload.name or "", extension, kinds)
    return found


def _refused(name: str, extension: str, kinds: Mapping[str, tuple[str, ...]]) -> ValidationError:
    """A known ending is not what is wrong: it is what stands in the file."""
    known = endings(kinds)
    if extension not in known:
        told = _("“%(name)s” is not a file we take. We take %(known)s.")
    elif extension in DOCUMENTS["text/plain"]:
        told = _("“%(name)s” is called %(ending)s but is no plain text. Save it anew as plain text in UTF-8.")
    else:
        told = _("“%(name)s” is called %(ending)s but is none, or it is damaged. Save it anew as %(ending)s.")
    return ValidationError(told, params={"name": name, "ending": extension, "known": ", ".join(known)})


def check_size(name: str, size: int, most: int) -> None:
    """Raises ValidationError when a file has more bytes than that."""
    if size > most:
        said = {"name": name, "most": filesizeformat(most)}
        raise ValidationError(_("“%(name)s” is too large: at most %(most)s."), params=said)


def endings(kinds: Mapping[str, tuple[str, ...]]) -> list[str]:
    return sorted({ending for its in kinds.values() for ending in its})


def sniff(upload: "IO[Any] | UploadedFile[Any]", extension: str = "") -> str:
    """The media type the bytes speak of, or an empty text. The extension only tells kinds of text apart."""
    upload.seek(0)
    head: bytes = upload.read(4096)
    upload.seek(0)
    try:
        return _by_magic(head, upload) or _text(upload, extension)
    finally:
        upload.seek(0)


def _by_magic(head: bytes, upload: Any) -> str:
    if head.startswith((b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8")) or head[8:12] == b"WEBP":
        return _image(upload)
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    if head.startswith(b"PK\x03\x04"):
        return _office(upload)
    if head[4:8] == b"ftyp":
        return "video/mp4" if videos.mp4_seconds(upload) is not None else ""
    return "video/webm" if videos.is_webm(upload) else ""


def _image(upload: Any) -> str:
    """Pillow's word for it: the header parses, and it is not a decompression bomb."""
    try:
        with Image.open(upload) as image:
            width, height = image.size
            kind = _PIL_TYPES.get(image.format or "", "")
            if width * height > LARGEST_IMAGE:
                return ""
            image.verify()
            return kind
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
        OSError,
        SyntaxError,
        ValueError,
    ):
        return ""


def _office(upload: Any) -> str:
    try:
        with zipfile.ZipFile(upload) as parts:
            names = set(parts.namelist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return ""
    if any(name.endswith("vbaProject.bin") for name in names):
        return ""  # macros
    extension = next((ending for part, ending in _PARTS.items() if part in names), "")
    return next((kind for kind, endings in OFFICE.items() if extension in endings), "")


def _text(upload: Any, extension: str) -> str:
    """Text is UTF-8 without control characters, to its end; markup that a browser would run is not text."""
    upload.seek(0)
    try:
        words = upload.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        return ""
    if any(ord(char) < 32 and char not in "\t\n\r\f" for char in words):
        return ""
    if words.lstrip()[:100].lower().startswith(("<!doctype", "<html", "<svg", "<?xml", "<script")):
        return ""
    if words.startswith("WEBVTT"):
        return "text/vtt"
    return "text/plain" if extension in DOCUMENTS["text/plain"] else ""
