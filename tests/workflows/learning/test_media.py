"""Videos, captions, transcripts and files are private: the rule that opens a lesson gives them out."""

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from wagtail.models import PageViewRestriction

from cms.catalog.models import LessonFile, LessonPage, Video
from gradus.accounts.models import User
from tests.cms.conftest import WEBM, MakeLesson
from workflows.learning import services
from workflows.learning.models import CourseProgress

KINDS = ["", "captions/", "transcript/"]
KNOWS = ["student", "analyst", "outsider"]
OPENS = ["instructor", "editor", "admin", "superuser"]


@pytest.fixture(params=KINDS, ids=["video", "captions", "transcript"])
def address(request: pytest.FixtureRequest, video: Video) -> str:
    return f"/learning/video/{video.pk}/{request.param}"


def status(client: Client, url: str) -> int:
    response = client.get(url)
    if response.streaming:
        response.getvalue()  # reading to the end closes the file, as a server does
    return response.status_code


def test_a_guest_knows_of_a_locked_lesson_but_gets_nothing(client: Client, address: str, film: LessonPage) -> None:
    assert status(client, address) == 403


@pytest.mark.parametrize("who", KNOWS)
def test_people_who_are_not_enrolled_get_nothing(
    request: pytest.FixtureRequest, client: Client, address: str, film: LessonPage, who: str
) -> None:
    client.force_login(request.getfixturevalue(who))
    assert status(client, address) == 403


@pytest.mark.parametrize("who", OPENS)
def test_those_who_teach_write_and_run_it_get_it(
    request: pytest.FixtureRequest, client: Client, address: str, film: LessonPage, who: str
) -> None:
    client.force_login(request.getfixturevalue(who))
    assert status(client, address) == 200


def test_an_enrolled_student_gets_it_until_they_pause(
    client: Client, address: str, enrolled: CourseProgress, other_student: User, text: LessonPage
) -> None:
    client.force_login(enrolled.user)
    assert status(client, address) == 200
    services.mark_read(by=enrolled.user, lesson=text)
    client.post(f"/learning/progress/{enrolled.pk}/pause/")
    assert status(client, address) == 403
    client.force_login(other_student)
    assert status(client, address) == 403


def test_a_preview_is_open_to_everybody(client: Client, address: str, film: LessonPage, student: User) -> None:
    LessonPage.objects.filter(pk=film.pk).update(is_preview=True)
    assert status(client, address) == 200
    client.force_login(student)
    assert status(client, address) == 200


def test_one_open_lesson_is_enough(
    client: Client, address: str, film: LessonPage, video: Video, make_lesson: MakeLesson
) -> None:
    make_lesson(None, "Preview", video=video, is_preview=True)
    assert status(client, address) == 200


def test_nobody_may_know_what_is_not_published(
    client: Client, address: str, film: LessonPage, enrolled: CourseProgress, editor: User
) -> None:
    film.unpublish()
    assert status(client, address) == 404
    client.force_login(enrolled.user)
    assert status(client, address) == 404
    client.force_login(editor)
    assert status(client, address) == 200


def test_a_video_in_no_lesson_is_only_for_those_who_write(
    client: Client, address: str, student: User, editor: User
) -> None:
    assert status(client, address) == 404
    client.force_login(student)
    assert status(client, address) == 404
    client.force_login(editor)
    assert status(client, address) == 200


@pytest.mark.parametrize("kind", KINDS)
def test_what_does_not_exist_is_not_found(client: Client, admin: User, kind: str) -> None:
    client.force_login(admin)
    assert status(client, f"/learning/video/999/{kind}") == 404


@pytest.mark.parametrize("kind", ["captions/", "transcript/"])
def test_a_video_without_captions_has_none(client: Client, video: Video, admin: User, kind: str) -> None:
    Video.objects.filter(pk=video.pk).update(captions="", transcript="")
    client.force_login(admin)
    assert status(client, f"/learning/video/{video.pk}/{kind}") == 404


def test_a_video_comes_in_parts_and_stays_private(client: Client, video: Video, admin: User) -> None:
    client.force_login(admin)
    response = client.get(f"/learning/video/{video.pk}/", headers={"Range": "bytes=4-99"})
    assert (response.status_code, response.getvalue()) == (206, WEBM[4:100])
    assert response["Content-Type"] == "video/webm"
    assert response["Cache-Control"] == "private, no-cache"
    assert response["Content-Range"] == f"bytes 4-99/{len(WEBM)}"


def test_captions_are_web_vtt_and_transcripts_text(client: Client, video: Video, admin: User) -> None:
    client.force_login(admin)
    captions = client.get(f"/learning/video/{video.pk}/captions/")
    assert captions["Content-Type"] == "text/vtt; charset=utf-8"
    assert captions.getvalue().startswith(b"WEBVTT")
    transcript = client.get(f"/learning/video/{video.pk}/transcript/")
    assert (transcript.content, transcript["X-Content-Type-Options"]) == (b"Every step counts.", "nosniff")


def test_a_lesson_file_is_a_download_for_the_enrolled(
    client: Client, film: LessonPage, enrolled: CourseProgress, other_student: User
) -> None:
    file = LessonFile.objects.create(title="Sheet", file=ContentFile(b"a,b\n", "sheet one.csv"))
    film.body = [*film.body.raw_data, {"type": "file", "value": {"file": file.pk, "description": ""}}]
    film.save()
    address = f"/learning/files/{file.pk}/"
    assert status(client, address) == 403
    client.force_login(other_student)
    assert status(client, address) == 403
    client.force_login(enrolled.user)
    response = client.get(address)
    assert response.getvalue() == b"a,b\n"
    assert response["Content-Disposition"] == 'attachment; filename="sheet one.csv"'
    assert status(client, "/learning/files/999/") == 404


@pytest.mark.parametrize("restricted", ["lesson", "course"])
def test_a_page_editors_keep_to_some_keeps_its_media_too(
    client: Client, address: str, film: LessonPage, outsider: User, restricted: str
) -> None:
    film.is_preview = True
    film.save()
    assert status(client, address) == 200
    page = film if restricted == "lesson" else film.course
    PageViewRestriction.objects.create(page=page, restriction_type="login")
    assert status(client, address) == 404
    client.force_login(outsider)
    assert status(client, address) == 200
