"""The student's side: file a request, see where each stands, answer what is asked."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from gradus import flow
from gradus.flow import showing
from gradus.flow.errors import FlowError
from gradus.flow.forms import form_for
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


@require_http_methods(["GET", "POST"])
@login_required
def submit(request: HttpRequest, kind: str) -> HttpResponse:
    offer = next((offer for offer in flow.creations(Request, request.user) if offer.kind == kind), None)
    if offer is None:
        raise Http404
    form = form_for(offer.params, data=request.POST or None, files=request.FILES or None, uploader=request.user)
    context = {"form": form, "offer": offer, "machine": flow.machine(Request, kind)}
    if request.method != "POST":
        return render(request, "requests/submit.html", context)
    if not form.is_valid():
        return render(request, "requests/submit.html", context, status=422)
    try:
        filed = flow.create(Request, "submit", by=request.user, kind=kind, **form.cleaned_data)
    except FlowError as refusal:
        return render(request, "requests/submit.html", {**context, "refusal": refusal}, status=refusal.status)
    messages.success(request, _("Your request is filed. You will hear from us here and by mail."))
    return redirect("requests:detail", pk=filed.pk)


@require_GET
@login_required
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Request.objects.visible_to(request.user).select_related("author", "claimed_by"), pk=pk)
    return render(request, "requests/detail.html", _shown(found))


@require_GET
@login_required
def status(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of the page that changes while somebody looks at it."""
    found = get_object_or_404(Request.objects.visible_to(request.user).select_related("author", "claimed_by"), pk=pk)
    return render(request, "requests/_status.html", _shown(found))


def _shown(found: Request) -> dict[str, Any]:
    return {"item": found, "machine": flow.machine(found), "answers": showing.answers(found)}
