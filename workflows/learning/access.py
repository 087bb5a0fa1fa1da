"""Who may have what belongs to a lesson. What nobody told them about is not found; what they know of is refused."""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from cms.catalog.models import LessonFile, LessonPage, Video
from gradus import policy


def check_video(request: HttpRequest, video: Video) -> None:
    """Raise Http404 or PermissionDenied, unless some lesson with this video opens to them."""
    _check(request, video.lessons.all())


def check_file(request: HttpRequest, file: LessonFile) -> None:
    _check(request, file.lessons.all())


def _check(request: HttpRequest, lessons: Iterable[LessonPage]) -> None:
    user = request.user
    # What is in no lesson yet is decided as if it were in an unpublished one.
    shown_in = list(lessons) or [LessonPage(live=False)]
    decisions = [policy.decide(user, "open", lesson) for lesson in shown_in]
    opened = [lesson for lesson, decision in zip(shown_in, decisions, strict=True) if decision.allowed]
    if any(_is_let_in(request, lesson) for lesson in opened):
        return
    if not any(policy.decide(user, "know", lesson).allowed for lesson in shown_in):
        raise Http404
    raise PermissionDenied(" ".join(str(reason) for reason in decisions[0].reasons))


def _is_let_in(request: HttpRequest, lesson: LessonPage) -> bool:
    """Whether Wagtail's restrictions of the page, or of one above it, let them see it."""
    if lesson.pk is None:
        return True
    return all(restriction.accept_request(request) for restriction in lesson.get_view_restrictions())
