"""What has to follow when a lesson appears, disappears or moves: the course's words in the search, and its place."""

from collections.abc import Iterable
from typing import Any

from django.db.models.signals import post_delete, post_save
from wagtail.models import Page, PageViewRestriction
from wagtail.search import index
from wagtail.signals import post_page_move

from cms.catalog.models import CoursePage, LessonPage


def reindex_course(instance: LessonPage, **_kwargs: Any) -> None:
    course = CoursePage.objects.filter(pk=instance.course_id).first()
    if course is not None:
        index.insert_or_update_object(course)


def reindex_saved(instance: LessonPage, update_fields: Iterable[str] | None = None, **_kwargs: Any) -> None:
    """Saves of single fields are drafts and bookkeeping: what is published stays as it is."""
    if update_fields is None:
        reindex_course(instance)


def follow_move(instance: Page, parent_page_before: Page, parent_page_after: Page, **_kwargs: Any) -> None:
    """Moving changes paths without saving the lesson, so its course is written here."""
    if parent_page_before.pk == parent_page_after.pk:
        return
    LessonPage.objects.filter(pk=instance.pk).update(course=parent_page_after.pk)
    for course in CoursePage.objects.filter(pk__in=[parent_page_before.pk, parent_page_after.pk]):
        index.insert_or_update_object(course)


def reindex_kept(instance: PageViewRestriction, **_kwargs: Any) -> None:
    """The words of a lesson that is kept to some, or no longer is."""
    for lesson in LessonPage.objects.filter(pk=instance.page_id):
        reindex_course(lesson)


def connect() -> None:
    post_save.connect(reindex_kept, sender=PageViewRestriction, dispatch_uid="catalog.kept")
    post_delete.connect(reindex_kept, sender=PageViewRestriction, dispatch_uid="catalog.kept_no_more")
    post_save.connect(reindex_saved, sender=LessonPage, dispatch_uid="catalog.saved")
    post_delete.connect(reindex_course, sender=LessonPage, dispatch_uid="catalog.deleted")
    post_page_move.connect(follow_move, sender=LessonPage, dispatch_uid="catalog.moved")
