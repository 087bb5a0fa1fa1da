"""Files are served with HTTP Range, under WSGI and ASGI, and never with a surprise in a header."""

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage
from django.db.models import FileField
from django.db.models.fields.files import FieldFile
from django.http import Http404, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import AsyncRequestFactory, RequestFactory
from django.utils.http import http_date

from gradus.core import serving
from gradus.core.serving import safe_filename, serve_ranged

pytestmark = pytest.mark.django_db  # closing an answer makes Django look after its connections
CONTENT = bytes(range(256)) * 4
MODIFIED = 1_700_000_000
Ask = Callable[..., HttpResponseBase]


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mp4"
    path.write_bytes(CONTENT)
    os.utime(path, (MODIFIED, MODIFIED))
    return path


@pytest.fixture
def ask() -> Iterator[Ask]:
    """Ask for a file; whatever was answered is closed afterwards, as a server does."""
    with ExitStack() as answered:

        def ask(file: Path | FieldFile, method: str = "GET", **headers: str) -> HttpResponseBase:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            request = RequestFactory().generic(method, "/", headers=named)
            return answered.enter_context(closing(serve_ranged(request, file, content_type="video/mp4")))

        yield ask


def body(response: HttpResponseBase) -> bytes:
    content: bytes = response.getvalue()  # type: ignore[attr-defined]
    return content


def test_without_a_range_the_whole_file_comes(ask: Ask, clip: Path) -> None:
    response = ask(clip)
    assert (response.status_code, body(response)) == (200, CONTENT)
    assert response["Accept-Ranges"] == "bytes"
    assert response["Content-Length"] == "1024"
    assert response["Content-Type"] == "video/mp4"


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-", 0, 1024),
        ("bytes=100-199", 100, 200),
        ("bytes=1000-9999", 1000, 1024),
        ("bytes=1023-", 1023, 1024),
        ("bytes=-24", 1000, 1024),
        ("bytes=-99999", 0, 1024),
        ("Bytes=5-6", 5, 7),
    ],
)
def test_one_range_comes_as_206(ask: Ask, clip: Path, asked: str, start: int, end: int) -> None:
    response = ask(clip, Range=asked)
    assert (response.status_code, body(response)) == (206, CONTENT[start:end])
    assert response["Content-Range"] == f"bytes {start}-{end - 1}/1024"
    assert response["Content-Length"] == str(end - start)


@pytest.mark.parametrize("asked", ["bytes=1024-", "bytes=5000-6000", "bytes=-0"])
def test_a_range_nothing_can_satisfy_is_416_with_the_size(ask: Ask, clip: Path, asked: str) -> None:
    response = ask(clip, Range=asked)
    assert (response.status_code, body(response)) == (416, b"")
    assert response["Content-Range"] == "bytes */1024"


@pytest.mark.parametrize(
    "asked",
    ["", "bytes", "bytes=", "bytes=-", "bytes=a-b", "items=0-1", "bytes=9-5", "bytes=0-1,4-5", "bytes=" + "9" * 5000],
)
def test_a_malformed_or_multiple_range_is_ignored(ask: Ask, clip: Path, asked: str) -> None:
    response = ask(clip, Range=asked)
    assert (response.status_code, body(response)) == (200, CONTENT)


def test_an_empty_file_has_no_satisfiable_range(ask: Ask, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.touch()
    assert ask(empty, Range="bytes=0-").status_code == 416
    assert ask(empty).status_code == 200


def test_head_describes_the_file_without_sending_it(ask: Ask, clip: Path) -> None:
    response = ask(clip, "HEAD", Range="bytes=0-9")
    assert (response.status_code, body(response)) == (200, b"")
    assert response["Content-Length"] == "1024"


def test_other_methods_are_refused(ask: Ask, clip: Path) -> None:
    response = ask(clip, "POST")
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")


def test_an_unchanged_file_is_not_sent_again(ask: Ask, clip: Path) -> None:
    first = ask(clip)
    body(first)
    assert ask(clip, If_None_Match=first["ETag"]).status_code == 304
    assert ask(clip, If_Modified_Since=first["Last-Modified"]).status_code == 304
    assert ask(clip, If_Match='"another"').status_code == 412


def test_if_range_sends_the_part_only_of_the_same_file(ask: Ask, clip: Path) -> None:
    etag = ask(clip)["ETag"]
    for same in (etag, http_date(MODIFIED)):
        assert ask(clip, Range="bytes=0-9", If_Range=same).status_code == 206
    for other in ('"another"', f"W/{etag}", http_date(MODIFIED - 1), "nonsense"):
        assert ask(clip, Range="bytes=0-9", If_Range=other).status_code == 200


def test_a_changed_file_has_another_etag(ask: Ask, clip: Path) -> None:
    before = ask(clip)["ETag"]
    os.utime(clip, (MODIFIED + 1, MODIFIED + 1))
    assert ask(clip)["ETag"] != before


def test_a_browser_cannot_be_made_to_run_what_it_gets(ask: Ask, clip: Path) -> None:
    response = ask(clip)
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert response["Cache-Control"] == "private, no-cache"


def test_a_public_file_may_be_kept_by_caches(clip: Path) -> None:
    response = serve_ranged(RequestFactory().get("/"), clip, content_type="video/mp4", private=False)
    assert response["Cache-Control"].startswith("public")
    response.close()


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("notes.pdf", "notes.pdf"),
        ("../../etc/passwd", "etc_passwd"),
        ("a\r\nSet-Cookie: x=1.txt", "a__Set-Cookie_ x=1.txt"),
        ('say "hi".txt', "say _hi_.txt"),
        (".htaccess", "htaccess"),
        ("a%0D%0Ab.txt", "a__b.txt"),
        ("..%2F..%2Fpasswd", "passwd"),
        ("\u202egpj.exe", "gpj.exe"),
        ("...", "file"),
        ("", "file"),
        ("x" * 400 + ".pdf", "x" * 180 + ".pdf"),
        ("Prüfung.pdf", "Prüfung.pdf"),
    ],
)
def test_a_download_has_a_safe_name(clip: Path, given: str, safe: str) -> None:
    assert safe_filename(given) == safe
    response = serve_ranged(RequestFactory().get("/"), clip, content_type="text/plain", filename=given)
    assert response["Content-Disposition"].startswith("attachment; filename")
    assert not set(response["Content-Disposition"]) & set("\r\n/\\")
    response.close()


def test_a_missing_file_is_404(ask: Ask, tmp_path: Path) -> None:
    for missing in (tmp_path / "gone.mp4", tmp_path):
        with pytest.raises(Http404):
            ask(missing)


def test_a_file_in_any_storage_is_served(ask: Ask, clip: Path) -> None:
    storage = InMemoryStorage()
    storage.save("clip.mp4", ContentFile(CONTENT))
    stored = FieldFile(None, FileField(storage=storage), "clip.mp4")  # type: ignore[arg-type]
    response = ask(stored, Range="bytes=10-19")
    assert (response.status_code, body(response)) == (206, CONTENT[10:20])
    with pytest.raises(Http404):
        ask(FieldFile(None, FileField(storage=storage), "gone.mp4"))  # type: ignore[arg-type]


def test_a_large_file_comes_in_chunks(ask: Ask, clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "CHUNK", 100)
    response = ask(clip, Range="bytes=0-249")
    assert [len(chunk) for chunk in response] == [100, 100, 50]
    response.close()


def test_under_asgi_it_streams_asynchronously(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "CHUNK", 100)
    request = AsyncRequestFactory().get("/", headers={"Range": "bytes=0-249"})
    response = serve_ranged(request, clip, content_type="video/mp4")
    assert response.is_async  # type: ignore[attr-defined]

    async def read() -> list[bytes]:
        return [chunk async for chunk in response]  # type: ignore[attr-defined]

    chunks = asyncio.run(read())
    assert [len(chunk) for chunk in chunks] == [100, 100, 50]
    assert b"".join(chunks) == CONTENT[:250]
    response.close()


def test_the_file_is_closed_also_when_nobody_reads_it(clip: Path) -> None:
    with clip.open("rb") as file:
        response = StreamingHttpResponse(serving.Window(file, 10))
        response.close()
        assert file.closed
