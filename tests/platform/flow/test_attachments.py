"""Private files: staged, attached, served by the rule, swept."""

import io
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from gradus import flow, policy
from gradus.accounts.models import User
from gradus.core import uploads
from gradus.flow import attachments, staging
from gradus.flow.forms import form_for
from gradus.flow.models import Attachment
from tests.platform.flow.conftest import RULES
from tests.platform.flow.mill.models import Order

PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture(autouse=True)
def _private(settings: Any, tmp_path: Path) -> None:
    settings.PRIVATE_ROOT = tmp_path


def upload(name: str = "receipt.pdf", content: bytes = PDF) -> "SimpleUploadedFile":
    return SimpleUploadedFile(name, content)


def png() -> bytes:
    found = io.BytesIO()
    Image.new("RGB", (2, 2)).save(found, "PNG")
    return found.getvalue()


def docx(*parts: str) -> bytes:
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w") as archive:
        for part in ("word/document.xml", *parts):
            archive.writestr(zipfile.ZipInfo(part), "x")  # without the time: each process collects the same tests
    return found.getvalue()


def order_with(files: list[Attachment], person: User) -> Order:
    return flow.create(Order, "order", by=person, kind="flour", title="Bread", bags=1, proofs=[f.pk for f in files])


def test_a_staged_file_becomes_the_orders(student: User, tmp_path: Path) -> None:
    file = staging.stage(upload(), owner=student)
    assert file.staged
    order = order_with([file], student)
    assert [(found.name, found.field) for found in attachments.of(order)] == [("receipt.pdf", "proofs")]
    assert order.answers["proofs"] == [str(file.pk)]
    assert (tmp_path / file.file.name).read_bytes() == PDF
    assert "receipt" not in file.file.name


def test_nobody_can_use_somebody_elses_file_or_one_twice(student: User, other_student: User) -> None:
    file = staging.stage(upload(), owner=student)
    with pytest.raises(ValidationError):
        order_with([file], other_student)
    assert not Order.objects.exists()
    order_with([file], student)
    with pytest.raises(ValidationError):
        order_with([file], student)
    assert Order.objects.count() == 1


def test_more_files_than_asked_for_are_refused(student: User) -> None:
    with pytest.raises(ValidationError):
        order_with([staging.stage(upload(), owner=student) for _ in range(4)], student)


def test_a_file_larger_than_its_field_takes_is_refused_however_it_came(
    client: Client, student: User, tmp_path: Path
) -> None:
    """Programs stage a file before anybody knows what for: the transition that takes it looks at its size again."""
    book = tmp_path / "rules"
    book.mkdir()
    small = 'type  = "file"\nmax   = 20'
    (book / "flour.toml").write_text((RULES / "flour.toml").read_text().replace('type  = "file"', small))
    client.force_login(student)
    sent = {"title": "Bread", "bags": 1}
    with policy.using(policy.load(book)):
        for size, status in ((21, 422), (20, 201)):
            kept = client.post("/api/v1/files", {"file": upload("notes.txt", b"x" * size)}).json()["id"]
            body = {"kind": "flour", "values": {**sent, "proofs": [kept]}}
            answer = client.post("/api/v1/orders/", body, content_type="application/json")
            assert answer.status_code == status, answer.content
            assert ("too large" in answer.content.decode()) is (status == 422)
            assert Attachment.objects.get(pk=kept).staged is (status == 422)
        typed = client.post(
            "/steps/mill.order/new/flour/", {**sent, "proofs": upload("notes.txt", b"x" * 21)}
        ).content.decode()
        assert "too large" in typed
    assert Order.objects.count() == 1


def test_a_file_is_served_to_those_the_rule_lets_view(
    client: Client, student: User, other_student: User, instructor: User
) -> None:
    file = staging.stage(upload(), owner=student)
    address = f"/files/{file.pk}/"

    def asked(person: User | None) -> int:
        client.logout()
        if person is not None:
            client.force_login(person)
        response = client.get(address)
        if response.streaming:
            list(response.streaming_content)  # type: ignore[attr-defined]  # reading to the end closes the file
        return response.status_code

    assert [asked(person) for person in (student, instructor, None)] == [200, 404, 404]
    order_with([file], student)
    assert [asked(person) for person in (student, instructor, other_student, None)] == [200, 200, 404, 404]
    assert client.get(f"/files/{uuid4()}/").status_code == 404


def test_a_file_is_private_typed_by_content_and_seekable(client: Client, student: User) -> None:
    file = staging.stage(upload("notes.txt", b"hello there"), owner=student)
    client.force_login(student)
    response = client.get(f"/files/{file.pk}/", headers={"range": "bytes=0-4"})
    assert b"".join(response.streaming_content) == b"hello"  # type: ignore[attr-defined]
    assert response.status_code == 206
    assert "attachment" in response["Content-Disposition"]
    assert "private" in response["Cache-Control"]


def test_forgotten_files_are_swept_and_used_ones_stay(
    student: User, tmp_path: Path, django_capture_on_commit_callbacks: object
) -> None:
    used, fresh, old = (staging.stage(upload(), owner=student) for _ in range(3))
    order_with([used], student)
    Attachment.objects.exclude(pk=fresh.pk).update(created_at=timezone.now() - timedelta(days=2))
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        assert staging.sweep() == 1
    assert set(Attachment.objects.all()) == {used, fresh}
    assert not (tmp_path / old.file.name).exists()
    assert (tmp_path / used.file.name).exists()


def test_nobody_can_fill_the_disk_with_staged_files(student: User) -> None:
    for _ in range(staging.STAGED_AT_ONCE):
        staging.stage(upload(), owner=student)
    with pytest.raises(ValidationError):
        staging.stage(upload(), owner=student)


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.pdf", PDF, "application/pdf"),
        ("a.png", png(), "image/png"),
        ("a.TXT", "höher".encode(), "text/plain"),
        ("a.docx", docx(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ],
)
def test_content_says_what_a_file_is(name: str, content: bytes, kind: str) -> None:
    assert uploads.check_upload(upload(name, content), kinds=uploads.DOCUMENTS, max_bytes=10_000) == kind


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b""),
        ("a.pdf", b"MZ\x90\x00"),
        ("a.pdf", png()),
        ("a.png", PDF),
        ("a.png", png()[:20]),
        ("a.txt", b"<!DOCTYPE html><script>"),
        ("a.txt", b"  <svg onload=alert(1)>"),
        ("a.txt", b"a\x00b"),
        ("a.txt", b"\xff\xfe"),
        ("a.html", b"hello"),
        ("a.docx", docx("word/vbaProject.bin")),
        ("a.docx", b"PK\x03\x04broken"),
        ("a.docx", docx("word/x").replace(b"PK\x01\x02\x14\x03\x14", b"PK\x01\x02\x14\x03\xff")),
        ("a", PDF),
        ("a.pdf", PDF + b" " * 10_000),
    ],
)
def test_what_is_not_what_it_says_is_refused(name: str, content: bytes) -> None:
    with pytest.raises(ValidationError):
        uploads.check_upload(upload(name, content), kinds=uploads.DOCUMENTS, max_bytes=10_000)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("evil.png", PDF, "“evil.png” is called png but is none, or it is damaged. Save it anew as png."),
        (
            "list.csv",
            b"\xff\xfe",
            "“list.csv” is called csv but is no plain text. Save it anew as plain text in UTF-8.",
        ),
        ("tool.exe", PDF, "“tool.exe” is not a file we take. We take csv, docx,"),
    ],
)
def test_a_refusal_says_whether_the_name_or_the_content_is_wrong(name: str, content: bytes, said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        uploads.check_upload(upload(name, content), kinds=uploads.DOCUMENTS, max_bytes=10_000)
    (told,) = refused.value.messages
    assert told.startswith(said)
    assert ("We take" in told) == (name == "tool.exe")


def test_a_form_shown_again_keeps_the_files_that_were_good(student: User) -> None:
    params = flow.creations(Order, student)[0].params
    first = form_for(params, {"title": "", "bags": "1"}, {"proofs": upload()}, uploader=student)
    assert set(first.errors) == {"title"}
    kept = Attachment.objects.get()
    assert f'value="{kept.pk}"' in str(first["proofs"])
    again = form_for(params, {"title": "Bread", "bags": "1", "proofs-staged": [str(kept.pk)]}, {}, uploader=student)
    assert again.is_valid(), again.errors
    assert again.cleaned_data["proofs"] == [kept.pk]
