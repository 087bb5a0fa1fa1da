"""What a video file says about itself: enough to tell one from a file that only begins like one."""

from typing import Any

BOXES = 10_000  # more of them are no video, but a way to keep us reading
EBML, DOCTYPE, SEGMENT = b"\x1aE\xdf\xa3", b"\x42\x82", b"\x18S\x80g"


def mp4_seconds(file: Any) -> float | None:
    """The length an MP4 file states in its movie header; None without one. The file is left at its start."""
    movie = _box(file, b"moov", 0, None)
    header = _box(file, b"mvhd", *movie) if movie else None
    seconds = _length(file, header[0]) if header else None
    file.seek(0)
    return seconds


def is_webm(file: Any) -> bool:
    """Whether an EBML header names WebM and the recording follows. The file is left at its start."""
    file.seek(0)
    head: bytes = file.read(4096)
    file.seek(0)
    size, start = _vint(head, len(EBML))
    named = head.find(DOCTYPE, start, start + size)
    if not head.startswith(EBML) or named < 0:
        return False
    length, at = _vint(head, named + len(DOCTYPE))
    return head[at : at + length].rstrip(b"\0") == b"webm" and head[start + size :].startswith(SEGMENT)


def _vint(head: bytes, at: int) -> tuple[int, int]:
    """EBML's number of one to eight bytes that begins here, and where it ends."""
    first = head[at] if at < len(head) else 0
    width = 9 - first.bit_length() if first else 1
    number = int.from_bytes(head[at : at + width], "big")
    return number & ((1 << (7 * width)) - 1), at + width


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
    for _box in range(BOXES):
        file.seek(at)
        head = file.read(16)
        size, header = int.from_bytes(head[:4], "big"), 8
        if size == 1:
            size, header = int.from_bytes(head[8:16], "big"), 16
        if len(head) < 8 or size < header or (end is not None and at >= end):
            return None
        if head[4:8] == name:
            return at + header, at + size
        at += size
    return None
