"""The student's pages of learning: their courses, and what the buttons and players of lessons send."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cms.catalog.models import CoursePage, LessonPage
from gradus import flow
from gradus.accounts.models import User
from gradus.core import markup
from gradus.core.errors import problem
from gradus.core.navigation import safe_next
from gradus.core.ratelimit import limited
from gradus.core.reasons import About, member
from gradus.flow.attempts import attempt
from workflows.learning import reports, selectors, services
from workflows.learning.standing import current, keep, panel_context, shelves


@login_required
@require_GET
def my_learning(request: HttpRequest) -> HttpResponse:
    rows = selectors.my_courses(_person(request))
    return render(request, "learning/mine.html", {"shelves": shelves(rows, request.user), "current": current(rows)})


@login_required
@require_http_methods(["GET", "POST"])
def enrol(request: HttpRequest, course_id: int) -> HttpResponse:
    """GET asks first: it is where signing in leads back to, and works from a plain link."""
    course = _course(request, course_id)
    if request.method == "GET":
        mine = selectors.progress_of(request.user, course.pk)
        return redirect(course.get_url(request)) if mine else render(request, "learning/enrol.html", {"course": course})
    try:
        services.enrol(user=_person(request), course=course)
    except flow.FlowError as refusal:
        return _refused(request, refusal.reasons, refusal.about, course.get_url(request))
    messages.success(request, _("You are enrolled. Begin with the first lesson whenever you like."))
    return redirect(course.get_url(request))


@login_required
@require_POST
def move(request: HttpRequest, progress_id: int, name: str) -> HttpResponse:
    progress = selectors.progress_for(request.user, progress_id)
    if progress is None:
        raise Http404
    back = safe_next(request, progress.course.get_url(request))
    attempted = attempt(progress, name, by=request.user)
    if attempted.done:
        return HttpResponseRedirect(back)
    return _refused(request, attempted.reasons, attempted.about, back)


@login_required
@require_POST
def mark_read(request: HttpRequest, lesson_id: int) -> HttpResponse:
    lesson = _lesson(request, lesson_id)
    try:
        progress = services.mark_read(by=_person(request), lesson=lesson)
    except flow.FlowError as refusal:
        return _refused(request, refusal.reasons, refusal.about, lesson.get_url(request))
    steps = selectors.course_steps(progress.course_progress)
    if progress.course_progress.state == "completed" and steps.new == 0:
        messages.success(request, _("You have completed this course."))
    following = steps.after(lesson)
    return redirect((following.lesson if following else lesson).get_url(request))


@require_POST
@limited("reports", limit=600, seconds=60)  # a player reports every five seconds: fifty tabs of one person
def report(request: HttpRequest, lesson_id: int) -> HttpResponseBase:
    """What a player says was watched; answers with the progress as it is after it."""
    if not request.user.is_authenticated:
        return problem(401, _("Sign in to keep your progress."))
    lesson = _lesson(request, lesson_id)
    try:
        said = reports.parse(request.POST, user_id=request.user.pk, lesson_id=lesson.pk)
        progress = services.take_report(by=_person(request), lesson=lesson, report=said)
    except flow.FlowError as refusal:
        return problem(refusal.status, " ".join(refusal.reasons), **member(request.user, refusal.about))
    steps = selectors.course_steps(progress.course_progress)
    return JsonResponse(
        {
            "seconds": progress.seconds_watched,
            "position": progress.position,
            "complete": progress.completed_at is not None,
            "course": {"state": progress.course_progress.state, "percent": steps.percent},
            "html": render_to_string("learning/panel.html", panel_context(lesson, steps), request),
            "outline": _outline(request, lesson, steps),
        }
    )


def _outline(request: HttpRequest, lesson: LessonPage, steps: selectors.CourseSteps) -> str:
    """The course's list of lessons; empty while the page shows the lesson's state as it is, which is most reports."""
    step = steps.of(lesson)
    if step is None or lesson.course is None or request.POST.get("shown") == step.state:
        return ""
    keep(request, steps)
    context = {"lessons": lesson.course.outline(request), "compact": True, "current": lesson.pk}
    return render_to_string("catalog/_outline.html", context, request)


def _refused(request: HttpRequest, reasons: list[str], about: About | None, back: str) -> HttpResponseRedirect:
    messages.error(request, markup.refusal(request.user, reasons, about))
    return HttpResponseRedirect(back)


def _person(request: HttpRequest) -> User:
    return cast("User", request.user)


def _course(request: HttpRequest, course_id: int) -> CoursePage:
    # By `id`: asked for by `pk`, a relation here, SQLite fails on a number it cannot hold.
    course: CoursePage | None = CoursePage.objects.visible_to(request.user).filter(id=course_id).first()
    if course is None:
        raise Http404
    return course


def _lesson(request: HttpRequest, lesson_id: int) -> LessonPage:
    lessons = LessonPage.objects.visible_to(request.user).select_related("video").defer("body")
    lesson: LessonPage | None = lessons.filter(id=lesson_id).first()
    if lesson is None:
        raise Http404
    return lesson
