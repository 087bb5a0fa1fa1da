"""Where the person of a request stands in a course: read once per request, whichever hook asks first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from cms.catalog.models import LessonPage
from gradus import flow, policy
from gradus.accounts.roles import Role, actor_for
from workflows.learning import selectors
from workflows.learning.models import CourseProgress
from workflows.learning.selectors import CourseSteps

CACHE = "_learning_standing"


def standing(request: HttpRequest, course_id: int | None) -> CourseSteps | None:
    """Their steps in this course; None for everybody who is not learning in it right now, whatever the reason."""
    kept: dict[int | None, CourseSteps | None] = request.__dict__.setdefault(CACHE, {})
    if course_id not in kept:
        progress = selectors.progress_of(request.user, course_id) if is_student(request) else None
        kept[course_id] = selectors.course_steps(progress) if progress else None
    return kept[course_id]


def keep(request: HttpRequest, steps: CourseSteps) -> None:
    """What was just read for another purpose, so that no hook reads it again."""
    request.__dict__.setdefault(CACHE, {})[steps.progress.course_id] = steps


def is_student(request: HttpRequest) -> bool:
    return actor_for(request.user).role is Role.STUDENT


@dataclass(frozen=True, slots=True)
class Button:
    """A transition as the course page offers it, with why not when it is not possible."""

    name: str
    label: Any
    allowed: bool
    reasons: list[str]
    url_name: str


def buttons(progress: CourseProgress, user: Any) -> list[Button]:
    """Pause or resume, with the reason where a rule forbids it: one decision, which reads no further row.

    What is enrolled in and not begun has nothing to pause: no button is better than one that needs an excuse.
    """
    if progress.state == "completed":
        return []
    name = "resume" if progress.state == "paused" else "pause"
    decision = policy.decide(user, name, progress)
    if decision.wrong_state:
        return []
    label = flow.machine(progress).label(name)
    return [Button(name, label, decision.allowed, list(map(str, decision.reasons)), f"learning:{name}")]


@dataclass(frozen=True, slots=True)
class Shelf:
    """The courses of one state, under its name."""

    label: Any
    rows: list[tuple[CourseSteps, list[Button]]]


def shelves(rows: Sequence[CourseSteps], user: Any) -> list[Shelf]:
    """My courses by state: what is going on first, what is finished last."""
    states = flow.machine(CourseProgress).states
    found = []
    for name in ("in_progress", "enrolled", "paused", "completed"):
        mine = [row for row in rows if row.progress.state == name]
        if mine:
            offered = [(row, buttons(row.progress, user) if row.available else []) for row in mine]
            found.append(Shelf(states[name].label, offered))
    return found


def current(rows: Sequence[CourseSteps]) -> CourseSteps | None:
    """The course to continue: the one seen last that is going on, is there, and has a lesson left."""
    going_on = {"in_progress", "enrolled"}
    return next((row for row in rows if row.available and row.progress.state in going_on and row.next), None)


def panel_context(lesson: LessonPage, steps: CourseSteps) -> dict[str, Any]:
    """What the panel under a lesson shows; the report's answer renders the same one again."""
    return {
        "lesson": lesson, "steps": steps, "step": steps.of(lesson), "next": steps.after(lesson),
        "enough": policy.value("metrics", "video_complete"),
    }  # fmt: skip
