"""What the catalogue shows of learning: see `cms.catalog.hooks`."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail import hooks

from cms.catalog.hooks import Gate, LessonState, Player
from cms.catalog.models import CoursePage, LessonPage, Video
from gradus import policy
from gradus.accounts.roles import Role
from workflows.learning import reports
from workflows.learning.selectors import LessonStep
from workflows.learning.standing import buttons, is_student, panel_context, standing


@hooks.register("gradus_lesson_gate")
def gate(request: HttpRequest, lesson: LessonPage) -> Gate:
    if policy.decide(request.user, "open", lesson).allowed:
        return Gate(allowed=True)
    return _locked(request, lesson)


def _locked(request: HttpRequest, lesson: LessonPage) -> Gate:
    """Why it is locked, and the one thing to do about it."""
    enrol = reverse("learning:enrol", args=[lesson.course_id])
    if not request.user.is_authenticated:
        sign_in = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': enrol})}"
        return _closed(_("This lesson is for people enrolled in the course."), _("Sign in to enrol"), sign_in)
    if (steps := standing(request, lesson.course_id)) is not None:
        course = steps.course.get_url(request)
        return _closed(_("You have paused this course."), _("Go to the course to resume"), course)
    if is_student(request):
        return _closed(_("You are not enrolled in this course yet."), _("Enrol in this course"), enrol)
    if Role.STUDENT in request.user.roles:
        return _closed(_("Lessons open to students. Switch to the student mode to go on."))
    return _closed(_("Lessons open to students, and your account is not one. Ask the academy to add you."))


def _closed(reason: str, action_label: str = "", action_url: str = "") -> Gate:
    return Gate(allowed=False, reason=reason, action_label=action_label, action_url=action_url, name="open")


@hooks.register("gradus_lesson_state")
def lesson_state(request: HttpRequest, lessons: Sequence[LessonPage]) -> dict[int, LessonState]:
    found: dict[int, LessonState] = {}
    for course_id in {lesson.course_id for lesson in lessons}:
        steps = standing(request, course_id)
        if steps is not None:
            if steps.progress.state != "paused":
                found |= {lesson.pk: LessonState.OPEN for lesson in lessons if lesson.course_id == course_id}
            found |= {step.lesson.pk: _state(step, steps.progress.state) for step in steps.steps}
    return {lesson.pk: found[lesson.pk] for lesson in lessons if lesson.pk in found}


def _state(step: LessonStep, course_state: str) -> LessonState:
    if course_state == "paused" and step.state != "done" and not step.lesson.is_preview:
        return LessonState.LOCKED
    return LessonState(step.state)


@hooks.register("gradus_course_aside")
def course_aside(request: HttpRequest, course: CoursePage) -> str:
    steps = standing(request, course.pk)
    context: dict[str, Any] = {"course": course, "steps": steps, "is_student": is_student(request)}
    if steps is not None:
        context["buttons"] = buttons(steps.progress, request.user)
    return render_to_string("learning/aside.html", context, request)


@hooks.register("gradus_lesson_footer")
def lesson_footer(request: HttpRequest, lesson: LessonPage) -> str:
    steps = standing(request, lesson.course_id)
    if steps is None:
        return _invitation(request, lesson)
    if steps.of(lesson) is None:
        return ""
    if steps.progress.state == "paused":
        context: dict[str, Any] = {"steps": steps, "buttons": buttons(steps.progress, request.user)}
        return render_to_string("learning/paused.html", context, request)
    context = panel_context(lesson, steps)
    if lesson.video_id is not None:
        ids = {"user_id": request.user.pk, "lesson_id": lesson.pk}
        context["opened"] = reports.opening(**ids, now=timezone.now())
    return render_to_string("learning/footer.html", context, request)


def _invitation(request: HttpRequest, lesson: LessonPage) -> str:
    """For whoever has read a lesson that is open to all and could take the course."""
    student = is_student(request)
    if lesson.course is None or (request.user.is_authenticated and not student):
        return ""
    return render_to_string("learning/invited.html", {"course": lesson.course, "is_student": student}, request)


@hooks.register("gradus_lesson_player")
def player(request: HttpRequest, lesson: LessonPage, video: Video) -> Player | None:
    steps = standing(request, lesson.course_id)
    step = steps.of(lesson) if steps else None
    if step is None:
        return None
    return Player(step.position, reverse("learning:report", args=[lesson.pk]))
