"""What books may say about the catalogue: fields that are courses."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cms.catalog.models import CoursePage
from gradus.policy import objects


@objects.choosable("course", label=_("Course"), model="catalog.CoursePage", url=lambda page: page.url or "")
def courses(who: Any) -> QuerySet[CoursePage]:
    """The published courses that editors do not keep from this person."""
    found: QuerySet[CoursePage] = CoursePage.objects.visible_to(who)
    return found
