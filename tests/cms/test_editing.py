"""What editors do in the admin: they see their tools, and cannot tear up somebody's history."""

import pytest
from django.contrib.auth.models import Permission
from django.core.files.base import ContentFile
from django.db.models import Model, ProtectedError
from django.test import Client
from django.urls import reverse

from cms.catalog import protection
from cms.catalog.blocks import LessonBody
from cms.catalog.models import CoursePage, LessonFile, LessonPage
from cms.site.services import Pages
from gradus.accounts.models import User
from tests.cms.conftest import CAPTIONS, MakeCourse, MakeLesson, MakeVideo


@pytest.fixture
def desk(client: Client, site: Pages, editor: User) -> Client:
    client.force_login(User.objects.get(pk=editor.pk))
    return client


@pytest.fixture
def history(monkeypatch: pytest.MonkeyPatch) -> set[Model]:
    """Courses and lessons put in here have students, as far as the catalogue can tell."""
    kept: set[Model] = set()

    class Students:
        def __init__(self, using: str) -> None:
            pass

        def collect(self, pages: list[Model]) -> None:
            if torn := kept & set(pages):
                raise ProtectedError("students", torn)

    monkeypatch.setattr(protection, "Collector", Students)
    return kept


def test_editors_may_do_everything_with_pages_and_lesson_media(desk: Client, site: Pages, editor: User) -> None:
    held = User.objects.get(pk=editor.pk).get_all_permissions()
    assert {"catalog.add_video", "catalog.change_topic", "wagtailadmin.access_admin"} <= held
    rights = site.home.permissions_for_user(User.objects.get(pk=editor.pk))
    assert rights.can_add_subpage()
    assert rights.can_publish()
    assert Permission.objects.filter(codename="add_image", groupcollectionpermission__group__user=editor).exists()


@pytest.mark.parametrize("model", ["video", "lessonfile", "topic"])
def test_lesson_media_is_listed_and_added(desk: Client, model: str) -> None:
    assert desk.get(reverse(f"wagtailsnippets_catalog_{model}:list")).status_code == 200
    assert desk.get(reverse(f"wagtailsnippets_catalog_{model}:add")).status_code == 200


def test_the_explorer_and_the_edit_pages_open(
    desk: Client, site: Pages, make_course: MakeCourse, make_lesson: MakeLesson, make_video: MakeVideo
) -> None:
    course = make_course()
    lesson = make_lesson(course, video=make_video(seconds=600))
    courses = desk.get(reverse("wagtailadmin_explore", args=[site.courses.pk])).content.decode()
    assert "Foundation" in courses
    lessons = desk.get(reverse("wagtailadmin_explore", args=[course.pk])).content.decode()
    assert "Open to all" in lessons
    for page in (site.home, site.courses, course, lesson):
        assert desk.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).status_code == 200


def test_an_editor_previews_a_locked_draft(desk: Client, make_lesson: MakeLesson) -> None:
    lesson = make_lesson(text="Not yet public", live=False)
    lesson.save_revision()
    preview = desk.get(reverse("wagtailadmin_pages:view_draft", args=[lesson.pk]))
    assert preview.status_code == 200
    assert "Not yet public" in preview.content.decode()


def test_the_report_lists_videos_that_leave_somebody_out(
    desk: Client, make_course: MakeCourse, make_lesson: MakeLesson, make_video: MakeVideo
) -> None:
    course = make_course("Pricing")
    captions = ContentFile(CAPTIONS.encode(), "a.vtt")
    make_lesson(course, "Complete", video=make_video("Good", captions=captions, transcript="All of it"))
    make_lesson(course, "Mute", video=make_video("Mute", transcript="All of it"))
    make_lesson(course, "Words only")
    report = desk.get(reverse("catalog_lesson_media"))
    assert [(lesson.title, lesson.missing) for lesson in report.context["object_list"]] == [("Mute", "captions")]
    exported = b"".join(desk.get(reverse("catalog_lesson_media"), {"export": "csv"}).streaming_content).decode()
    assert "Mute" in exported
    assert "Complete" not in exported


def test_the_report_is_for_editors(client: Client, site: Pages, student: User) -> None:
    client.force_login(student)
    assert client.get(reverse("catalog_lesson_media")).status_code in {302, 403}


def test_a_course_students_learn_in_is_not_deleted(
    desk: Client, make_course: MakeCourse, make_lesson: MakeLesson, history: set[Model]
) -> None:
    course = make_course()
    history.add(make_lesson(course))
    address = reverse("wagtailadmin_pages:delete", args=[course.pk])
    answer = desk.post(address, follow=True)
    assert "students have a history in it" in answer.content.decode()
    bulk = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"])
    assert "students have a history in it" in desk.post(f"{bulk}?id={course.pk}", follow=True).content.decode()
    assert CoursePage.objects.filter(pk=course.pk).exists()
    history.clear()
    desk.post(address)
    assert not CoursePage.objects.filter(pk=course.pk).exists()
    assert not LessonPage.objects.exists()


def test_lesson_media_is_edited_and_its_file_kept(desk: Client, make_video: MakeVideo) -> None:
    """A private file has no address, so the form cannot link to it."""
    sheet = LessonFile.objects.create(title="Sheet", file=ContentFile(b"12345", "sheet.csv"))
    for item in (make_video(captions=ContentFile(CAPTIONS.encode(), "a.vtt")), sheet):
        address = reverse(f"wagtailsnippets_catalog_{item._meta.model_name}:edit", args=[item.pk])
        form = desk.get(address)
        assert form.status_code == 200
        assert "There is a file" in form.content.decode()
        kept = item.file.name
        desk.post(address, {"title": "Renamed", "seconds": 120, "captions_language": "en"})
        item.refresh_from_db()
        assert (item.title, item.file.name) == ("Renamed", kept)


@pytest.mark.parametrize("address", ["/admin/pages/{}/", "/admin/images/", "/admin/snippets/catalog/video/"])
@pytest.mark.parametrize("words", ['"', 'pricing "your', "'", "*"])
def test_a_search_reads_whatever_is_typed(desk: Client, site: Pages, address: str, words: str) -> None:
    assert desk.get(address.format(site.home.pk), {"q": words}).status_code == 200


def test_every_field_of_a_block_is_labelled_with_a_capital() -> None:
    blocks = [LessonBody(), *LessonBody().child_blocks.values()]
    labels = [str(child.label) for block in blocks for child in getattr(block, "child_blocks", {}).values()]
    assert "Line under the video" in labels
    assert [label for label in labels if label[:1].islower()] == []
