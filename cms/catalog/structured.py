"""What search engines read: schema.org's Course and LearningResource."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest

if TYPE_CHECKING:
    from cms.catalog.models import CoursePage, LessonPage
    from gradus.accounts.models import User


def provider() -> dict[str, str]:
    return {"@type": "Organization", "name": settings.SITE_NAME, "url": settings.BASE_URL}


def duration(seconds: int) -> str:
    """ISO 8601, in whole minutes: `PT1H20M`."""
    hours, minutes = divmod(max(1, round(seconds / 60)), 60)
    return f"PT{f'{hours}H' if hours else ''}{f'{minutes}M' if minutes or not hours else ''}"


def course(page: "CoursePage", request: HttpRequest, *, seconds: int, instructors: "Iterable[User]") -> dict[str, Any]:
    return {
        "@type": "Course",
        "name": page.title,
        "description": page.description,
        "url": page.get_full_url(request),
        "provider": provider(),
        "educationalLevel": str(page.get_level_display()),
        "teaches": [str(outcome.value) for outcome in page.outcomes],
        "hasCourseInstance": {
            "@type": "CourseInstance",
            "courseMode": "Online",
            "courseWorkload": duration(seconds),
            "instructor": [{"@type": "Person", "name": str(person)} for person in instructors],
        },
    }


def lesson(page: "LessonPage", request: HttpRequest, *, parent: "CoursePage", seconds: int) -> dict[str, Any]:
    return {
        "@type": "LearningResource",
        "name": page.title,
        "description": page.description,
        "url": page.get_full_url(request),
        "isAccessibleForFree": page.is_preview,
        "timeRequired": duration(seconds),
        "isPartOf": {"@type": "Course", "name": parent.title, "url": parent.get_full_url(request)},
    }
