"""What higher layers can tell the catalogue, through Wagtail's hooks.

    @hooks.register("gradus_lesson_gate")
    def gate(request, lesson) -> Gate | None        # may they open it? None: no opinion, ask the next
    @hooks.register("gradus_lesson_state")
    def state(request, lessons) -> dict[int, LessonState]    # by lesson id; asked once for a whole list
    @hooks.register("gradus_course_aside")
    def aside(request, course) -> str               # safe HTML beside a course: enrol, resume, progress
    @hooks.register("gradus_lesson_footer")
    def footer(request, lesson) -> str              # safe HTML under an open lesson
    @hooks.register("gradus_lesson_player")
    def player(request, lesson, video) -> Player | None      # where to resume, and where to report to

The first gate that is not None decides. Without any, preview lessons are open and all others locked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

if TYPE_CHECKING:
    from cms.catalog.models import CoursePage, LessonPage, Video


@dataclass(frozen=True)
class Gate:
    """Whether a lesson opens; if not, why, and what the reader can do about it."""

    allowed: bool
    reason: str | Promise = ""
    action_label: str | Promise = ""
    action_url: str = ""
    name: str = ""  # of the rule that was asked, where one was


class LessonState(StrEnum):
    """A lesson as this person's step: what the list of lessons shows."""

    LOCKED = "locked"
    OPEN = "open"
    STARTED = "started"
    DONE = "done"
    NEW = "new"  # added after this person completed the course


@dataclass(frozen=True)
class Player:
    """Where a video resumes (in seconds) and the address its watched ranges are reported to."""

    position: float = 0
    report_url: str = ""


OPEN = Gate(allowed=True)
LOCKED = Gate(allowed=False, reason=_("Enrol to open this lesson"))


def gate_for(request: HttpRequest, lesson: "LessonPage") -> Gate:
    """An editor's preview is always open."""
    if getattr(request, "is_preview", False):
        return OPEN
    answers = (fn(request, lesson) for fn in hooks.get_hooks("gradus_lesson_gate"))
    decided: Gate | None = next((gate for gate in answers if gate is not None), None)
    return decided or (OPEN if lesson.is_preview else LOCKED)


def states_for(request: HttpRequest, lessons: Sequence["LessonPage"]) -> dict[int, LessonState]:
    states = {lesson.pk: LessonState.OPEN if lesson.is_preview else LessonState.LOCKED for lesson in lessons}
    for fn in hooks.get_hooks("gradus_lesson_state"):
        states |= {pk: LessonState(state) for pk, state in fn(request, lessons).items()}
    return states


def course_aside(request: HttpRequest, course: "CoursePage") -> SafeString:
    return _joined(fn(request, course) for fn in hooks.get_hooks("gradus_course_aside"))


def lesson_footer(request: HttpRequest, lesson: "LessonPage") -> SafeString:
    return _joined(fn(request, lesson) for fn in hooks.get_hooks("gradus_lesson_footer"))


def player_for(request: HttpRequest, lesson: "LessonPage", video: "Video") -> Player:
    if getattr(request, "is_preview", False):
        return Player()
    answers = (fn(request, lesson, video) for fn in hooks.get_hooks("gradus_lesson_player"))
    return next((player for player in answers if player is not None), Player())


def _joined(parts: Iterable[str]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts if part))
