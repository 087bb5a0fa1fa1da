"""Pages go live and expire when their editor said; one that cannot does not keep the others."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_q.models import Schedule
from wagtail.actions.publish_revision import PublishPermissionError
from wagtail.models import Page, Revision

from cms.catalog.models import CoursePage, LessonPage
from cms.site.scheduled import publish_due
from gradus.core import schedules
from tests.cms.conftest import MakeCourse, MakeLesson

SOON, AGO = timedelta(hours=1), -timedelta(minutes=1)
BODY = [("text", "<p>Set your price.</p>")]


@pytest.fixture
def course(make_course: MakeCourse) -> CoursePage:
    return make_course("Pricing")


def _schedule(lesson: LessonPage, after: timedelta) -> LessonPage:
    """As the edit form does it; the moment is moved afterwards, as if it had come."""
    lesson.go_live_at = timezone.now() + SOON
    lesson.save_revision(approved_go_live_at=lesson.go_live_at).publish()
    when = timezone.now() + after
    revision = lesson.latest_revision
    revision.content["go_live_at"] = when.isoformat()
    revision.approved_go_live_at = when
    revision.save()
    return lesson


def _live(page: Page) -> bool:
    return Page.objects.get(pk=page.pk).live


def test_a_page_goes_live_at_its_moment(make_lesson: MakeLesson, course: CoursePage) -> None:
    due = _schedule(make_lesson(course, "Due", body=BODY, live=False), AGO)
    later = _schedule(make_lesson(course, "Later", body=BODY, live=False), SOON)
    publish_due()
    assert (_live(due), _live(later)) == (True, False)


def test_a_page_expires_at_its_moment(make_lesson: MakeLesson, course: CoursePage) -> None:
    over, on = make_lesson(course, "Over", body=BODY), make_lesson(course, "On", body=BODY)
    Page.objects.filter(pk=over.pk).update(expire_at=timezone.now() + AGO)
    Page.objects.filter(pk=on.pk).update(expire_at=timezone.now() + SOON)
    publish_due()
    assert (_live(over), _live(on)) == (False, True)
    assert Page.objects.get(pk=over.pk).expired


def test_what_is_refused_keeps_nothing_waiting_and_is_a_draft_again(
    make_lesson: MakeLesson, course: CoursePage
) -> None:
    empty = make_lesson(course, "Empty", body=BODY, live=False)
    _schedule(empty, AGO)
    Revision.objects.filter(pk=empty.latest_revision.pk).update(
        content={**empty.latest_revision.content, "body": "[]"},
        approved_go_live_at=timezone.now() - timedelta(minutes=5),
    )
    full = _schedule(make_lesson(course, "Full", body=BODY, live=False), AGO)
    with pytest.raises(ExceptionGroup) as failed:
        publish_due()
    assert [type(error) for error in failed.value.exceptions] == [PublishPermissionError]
    assert (_live(empty), _live(full)) == (False, True)
    publish_due()
    assert not LessonPage.objects.get(pk=empty.pk).approved_schedule


@pytest.mark.django_db
def test_the_worker_looks_every_minute() -> None:
    schedules.write()
    assert Schedule.objects.get(func="cms.site.scheduled.publish_due").minutes == 1
