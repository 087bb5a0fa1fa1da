"""The student's side: file a request, see where each stands, answer what is asked."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from gradus import flow
from gradus.flow import showing
from gradus.flow.pages import FileView
from workflows.requests import selectors
from workflows.requests.models import Request

PER_PAGE = 20
TABS = [("open", _("Open")), ("closed", _("Closed")), ("all", _("All"))]


@require_GET
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    shown = request.GET.get("show", "open")
    shown = shown if shown in selectors.SHOWN else "open"
    page = Paginator(selectors.filed_by(request.user, shown), PER_PAGE).get_page(request.GET.get("page"))  # type: ignore[arg-type]
    return render(request, "requests/mine.html", {"page": page, "shown": shown, "tabs": TABS})


@require_GET
@login_required
def choose(request: HttpRequest) -> HttpResponse:
    return render(request, "requests/choose.html", {"kinds": selectors.kinds_for(request.user)})


submit = FileView.as_view(
    model=Request,
    template_name="requests/submit.html",
    done=_("Your request is filed. You will hear from us here and by mail."),
)


@require_GET
@login_required
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Request.objects.visible_to(request.user).select_related("author", "claimed_by"), pk=pk)
    return render(request, "requests/detail.html", _shown(request, found))


@require_GET
@login_required
def status(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of the page that changes while somebody looks at it."""
    found = get_object_or_404(Request.objects.visible_to(request.user).select_related("author", "claimed_by"), pk=pk)
    return render(request, "requests/_status.html", _shown(request, found))


def _shown(request: HttpRequest, found: Request) -> dict[str, Any]:
    question = selectors.question_to(request.user, found)
    return {
        "item": found,
        "machine": flow.machine(found),
        "answers": showing.answers(found, request.user),
        "question": question,
    }
