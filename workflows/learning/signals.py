"""A lesson that is taken off a course may have been the last one somebody had to do."""

from typing import Any

from django_q.tasks import async_task
from wagtail.models import Page
from wagtail.signals import page_unpublished, post_page_move

from cms.catalog.models import LessonPage


def recheck(instance: LessonPage, **_kwargs: Any) -> None:
    async_task("workflows.learning.services.settle_all", instance.course_id)


def recheck_left(parent_page_before: Page, parent_page_after: Page, **_kwargs: Any) -> None:
    if parent_page_before != parent_page_after:
        async_task("workflows.learning.services.settle_all", parent_page_before.pk)


def connect() -> None:
    page_unpublished.connect(recheck, sender=LessonPage, dispatch_uid="learning.unpublished")
    post_page_move.connect(recheck_left, sender=LessonPage, dispatch_uid="learning.moved")
