"""A lesson goes out with something in it, whichever way it is published; and a course lists its lessons in order."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.actions.publish_revision import PublishPermissionError
from wagtail.models import Page, Task, Workflow, WorkflowTask
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from cms.catalog.blocks import NOTHING_YET
from cms.catalog.models import CoursePage, LessonPage
from cms.site.services import Pages
from gradus.accounts.models import User
from tests.cms.conftest import MakeCourse, MakeLesson


@pytest.fixture
def desk(client: Client, site: Pages, editor: User) -> Client:
    client.force_login(User.objects.get(pk=editor.pk))
    return client


@pytest.fixture
def course(make_course: MakeCourse) -> CoursePage:
    return make_course("Pricing")


@pytest.fixture
def empty(make_lesson: MakeLesson, course: CoursePage) -> LessonPage:
    lesson = make_lesson(course, "Blank", body=[], live=False)
    lesson.save_revision()
    return lesson


def _form(*blocks: tuple[str, Any], **more: Any) -> dict[str, Any]:
    shown = {"title": "Blank", "slug": "blank", "summary": "", "body": streamfield(list(blocks))}
    return dict(nested_form_data({**shown, "comments": inline_formset([]), **more}))


WORDS = ("text", rich_text("<p>Set your price.</p>"))


def _live(lesson: LessonPage) -> bool:
    return Page.objects.get(pk=lesson.pk).live


@pytest.mark.parametrize(("blocks", "live"), [([], False), ([WORDS], True)])
def test_a_lesson_is_published_with_something_in_it(
    desk: Client, empty: LessonPage, blocks: list[Any], live: bool
) -> None:
    edit = reverse("wagtailadmin_pages:edit", args=[empty.pk])
    answer = desk.post(edit, _form(*blocks, **{"action-publish": "1"}))
    assert _live(empty) is live
    assert live or str(NOTHING_YET) in answer.content.decode()


@pytest.mark.parametrize(("blocks", "made"), [([], False), ([WORDS], True)])
def test_so_is_a_new_one(desk: Client, course: CoursePage, blocks: list[Any], made: bool) -> None:
    add = reverse("wagtailadmin_pages:add", args=["catalog", "lessonpage", course.pk])
    desk.post(add, _form(*blocks, **{"action-publish": "1"}))
    assert LessonPage.objects.live().filter(title="Blank").exists() is made


def test_a_draft_may_be_empty(desk: Client, empty: LessonPage, make_lesson: MakeLesson) -> None:
    edit = reverse("wagtailadmin_pages:edit", args=[empty.pk])
    answer = desk.post(edit, _form(title="Still blank"))
    assert answer.status_code == 302
    assert Page.objects.get(pk=empty.pk).draft_title == "Still blank"


def test_a_live_lesson_keeps_its_text_while_an_empty_draft_waits(
    desk: Client, course: CoursePage, make_lesson: MakeLesson
) -> None:
    lesson = make_lesson(course, "Blank")
    edit = reverse("wagtailadmin_pages:edit", args=[lesson.pk])
    assert desk.post(edit, _form()).status_code == 302
    assert LessonPage.objects.get(pk=lesson.pk).body
    desk.post(edit, _form(**{"action-publish": "1"}))
    assert LessonPage.objects.get(pk=lesson.pk).body


@pytest.mark.parametrize("whole_course", [False, True])
def test_bulk_publishing_says_which_lesson_is_empty(
    desk: Client, course: CoursePage, empty: LessonPage, whole_course: bool
) -> None:
    chosen, extra = (course, {"include_descendants": "on"}) if whole_course else (empty, {})
    bulk = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    answer = desk.post(f"{bulk}?id={chosen.pk}&next=/admin/pages/{course.pk}/", extra, follow=True)
    assert not _live(empty)
    assert f"Blank: {NOTHING_YET}" in answer.content.decode()
    empty.body = [("text", "<p>Set your price.</p>")]
    empty.save_revision()
    desk.post(f"{bulk}?id={chosen.pk}&next=/admin/pages/{course.pk}/", extra)
    assert _live(empty)


def test_an_approval_publishes_no_empty_lesson(desk: Client, empty: LessonPage, editor: User) -> None:
    workflow = Workflow.objects.create(name="Second look")
    WorkflowTask.objects.create(workflow=workflow, task=Task.objects.create(name="Look"), sort_order=0)
    state = workflow.start(empty, editor)
    with pytest.raises(PublishPermissionError):
        state.current_task_state.specific.approve(user=editor)
    assert not _live(empty)


def test_a_courses_lessons_are_listed_as_steps(desk: Client, course: CoursePage, make_lesson: MakeLesson) -> None:
    first, second = make_lesson(course, "First"), make_lesson(course, "Second")
    first.save_revision().publish()  # the latest to change
    listed = desk.get(reverse("wagtailadmin_explore", args=[course.pk])).context["pages"]
    assert [page.pk for page in listed] == [first.pk, second.pk]
