"""Pages somebody's history hangs on may be unpublished, but not deleted."""

from django.db import router
from django.db.models import Model, ProtectedError, RestrictedError
from django.db.models.deletion import Collector
from wagtail.models import Page

from cms.catalog.models import CoursePage, LessonPage


def kept_by(page: Page) -> set[Model]:
    """What would be torn by deleting this page and all below it: objects of higher layers that protect it."""
    below = page.get_descendants(inclusive=True)
    return {
        found
        for model in (CoursePage, LessonPage)
        for found in _protecting(model, list(model.objects.filter(pk__in=below.values("pk"))))
    }


def _protecting(model: type[Model], pages: list[Model]) -> set[Model]:
    try:
        Collector(using=router.db_for_write(model)).collect(pages)
    except ProtectedError as error:
        return set(error.protected_objects)
    except RestrictedError as error:
        return set(error.restricted_objects)
    return set()
