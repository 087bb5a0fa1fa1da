"""Who may have what belongs to a lesson. What nobody told them about is not found; what they know of is refused."""

from collections.abc import Iterable
from typing import Any

from django.http import Http404

from cms.catalog.models import LessonFile, LessonPage, Video
from gradus import policy
from gradus.core.errors import Refused


def check_video(user: Any, video: Video) -> None:
    """Raise Http404 or Refused, unless some lesson with this video opens to them."""
    _check(user, video.lessons.select_related("course").defer("body"))


def check_file(user: Any, file: LessonFile) -> None:
    _check(user, file.lessons.select_related("course").defer("body"))


def _check(user: Any, lessons: Iterable[LessonPage]) -> None:
    # What is in no lesson yet is decided as if it were in an unpublished one.
    shown_in = list(lessons) or [LessonPage(live=False)]
    decisions = [policy.decide(user, "open", lesson) for lesson in shown_in]
    if any(decision.allowed for decision in decisions):
        return
    if not any(policy.decide(user, "know", lesson).allowed for lesson in shown_in):
        raise Http404
    raise Refused(" ".join(str(reason) for reason in decisions[0].reasons), shown_in[0], "open")
