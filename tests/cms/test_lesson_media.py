"""Videos and files of lessons: what may be uploaded, and that nobody gets them past the gate."""

from contextlib import nullcontext
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from pytest_django import Settings
from wagtail.documents import get_document_model
from wagtail.documents.forms import get_document_form
from wagtail.models import Collection

from cms.catalog.models import LessonFile
from tests.cms.conftest import CAPTIONS, WEBM, MakeVideo


def mp4(seconds: int, *, scale: int = 1000) -> bytes:
    header = bytes(12) + scale.to_bytes(4, "big") + (seconds * scale).to_bytes(4, "big") + bytes(80)
    mvhd = (len(header) + 8).to_bytes(4, "big") + b"mvhd" + header
    moov = (len(mvhd) + 8).to_bytes(4, "big") + b"moov" + mvhd
    return (16).to_bytes(4, "big") + b"ftypisom" + bytes(4) + moov


@pytest.mark.parametrize("seconds", [0, -1])
def test_a_video_has_a_length(make_video: MakeVideo, seconds: int) -> None:
    with pytest.raises(ValidationError):
        make_video(seconds=seconds)


def test_the_database_refuses_a_video_without_a_length(make_video: MakeVideo) -> None:
    video = make_video()
    video.seconds = 0
    with pytest.raises(IntegrityError):
        video.save()


def test_the_length_has_to_be_the_files_own(make_video: MakeVideo) -> None:
    assert make_video(seconds=90, file=ContentFile(mp4(90), "a.mp4")).content_type == "video/mp4"
    with pytest.raises(ValidationError, match="90 seconds"):
        make_video(seconds=300, file=ContentFile(mp4(90), "a.mp4"))


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"MZ" + bytes(200), "a.mp4"),
        (WEBM, "a.mp4"),
        (mp4(9), "a.webm"),
        (mp4(9), "a.exe"),
        (b"", "a.mp4"),
        ((16).to_bytes(4, "big") + b"ftypisom" + bytes(2000), "a.mp4"),
        (mp4(9)[:30], "a.mp4"),
        (b"\x1aE\xdf\xa3" + bytes(2000), "a.webm"),
        (WEBM.replace(b"webm", b"mkvv"), "a.webm"),
        (WEBM[:12], "a.webm"),
    ],
)
def test_only_videos_are_videos(make_video: MakeVideo, content: bytes, name: str) -> None:
    with pytest.raises(ValidationError):
        make_video(file=ContentFile(content, name))


def test_a_video_beyond_the_limit_is_too_large(make_video: MakeVideo, settings: Settings) -> None:
    settings.VIDEO_BYTES = len(WEBM)
    make_video(file=ContentFile(WEBM, "a.webm"))
    with pytest.raises(ValidationError, match="too large"):
        make_video(file=ContentFile(WEBM + b"x", "a.webm"))


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"<html><script>alert(1)</script>", "evil.html.exe"),
        (b"<!doctype html><script>alert(1)</script>", "slides.pdf"),
        (b"%PDF-1.7 and so on", "slides.exe"),
        (b"%PDF-1.7" + bytes(2000), "long.pdf"),
        (b"", "empty.pdf"),
    ],
)
def test_what_is_not_a_document_is_neither_a_lessons_file_nor_a_document(
    settings: Settings, db: None, private_files: Path, content: bytes, name: str
) -> None:
    settings.DOCUMENT_BYTES = 1000
    for good, file in ((True, ContentFile(b"%PDF-1.7 and so on", "slides.pdf")), (False, ContentFile(content, name))):
        with nullcontext() if good else pytest.raises(ValidationError) as refused:
            LessonFile(title="Slides", file=file).full_clean(exclude=["filename"])
        assert good or set(refused.value.message_dict) == {"file"}
        file.seek(0)
        upload = SimpleUploadedFile(file.name or "", file.read())
        form = get_document_form(get_document_model())(
            {"title": "Slides", "collection": Collection.get_first_root_node().pk}, {"file": upload}
        )
        assert form.is_valid() is good, form.errors
        assert set(form.errors) == (set() if good else {"file"})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "00:01.000 --> 00:02.000\nNo header",
        "WEBVTT\n\nNo cue at all",
        "WEBVTT\n\n00:05.000 --> 00:02.000\nBackwards",
        "WEBVTT\n\n0:5 --> 0:6\nNot a timing",
        "WEBVTT\n\n00:01.000 --> 00:02.000\n" + "x" * 1024 * 1024,
    ],
)
def test_captions_that_no_browser_would_show_are_refused(make_video: MakeVideo, text: str) -> None:
    with pytest.raises(ValidationError):
        make_video(captions=ContentFile(text.encode(), "a.vtt"))


def test_captions_are_utf8(make_video: MakeVideo) -> None:
    with pytest.raises(ValidationError, match="UTF-8"):
        make_video(captions=ContentFile("WEBVTT\n\né".encode("latin-1"), "a.vtt"))


def test_private_files_lie_outside_media_under_names_nobody_guesses(make_video: MakeVideo, private_files: Path) -> None:
    video = make_video(captions=ContentFile(CAPTIONS.encode(), "walk.vtt"))
    for file in (video.file, video.captions):
        assert Path(file.path).is_relative_to(private_files)
        assert "walk" not in file.name
        with pytest.raises(ValueError, match="not accessible"):
            _ = file.url


def test_a_lesson_file_keeps_its_own_name_and_size(private_files: Path, db: None) -> None:
    sheet = LessonFile(title="Sheet", file=ContentFile(b"12345", "Price sheet.csv"))
    sheet.save()
    sheet.title = "The sheet"
    sheet.save()
    sheet.refresh_from_db()
    assert (sheet.filename, sheet.size) == ("Price sheet.csv", 5)
    assert "Price" not in sheet.file.name
