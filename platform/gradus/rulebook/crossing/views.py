"""Older editions, what moving their things would do, and moving them; and beginning a new edition in a draft."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gradus import policy
from gradus.accounts.roles import actor_for
from gradus.flow import moving
from gradus.flow.carrying import Crossing
from gradus.flow.errors import FlowError
from gradus.rulebook import editions
from gradus.rulebook.crossing import going
from gradus.rulebook.crossing.forms import CrossingForm
from gradus.rulebook.crossing.lost import lost
from gradus.rulebook.crossing.older import Older, states_of
from gradus.rulebook.crossing.older import editions as older_editions
from gradus.rulebook.crossing.preview import preview
from gradus.rulebook.models import BookDraft
from gradus.rulebook.seeing import processes


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every older edition in force, with what is filed under it by state; and what no rules are there for."""
    return _page(request, "index.html", [_here(_("Older editions"))], older=older_editions(), lost=lost())


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, key: str) -> HttpResponse:
    """State the mapping, look at what it does (both by GET), and do it."""
    older = _older(key)
    form = CrossingForm(older, _stated(request))
    shown: dict[str, Any] = {"older": older, "form": form, "newest": processes.title_of(_newest(older))}
    status = 200
    if form.is_bound and form.is_valid():
        crossing, actor = form.crossing(), actor_for(request.user)
        if request.method == "POST":
            try:
                return _move(request, older, crossing)
            except FlowError as refused:
                messages.error(request, " ".join(refused.reasons))
                return redirect(_address(older, request))
        shown |= {"preview": preview(crossing, actor), "seen": crossing.versions}
    elif form.is_bound:
        status = 422
        if request.method == "POST":
            messages.error(request, _("Things have changed meanwhile. Say what the marked states and answers become."))
    crumbs = [{"url": reverse("rulebook_editions"), "label": _("Older editions")}, _here(older.title)]
    return _page(request, "one.html", crumbs, status=status, **shown)


def _stated(request: HttpRequest) -> Any:
    """The mapping somebody states, if they do."""
    given = request.POST if request.method == "POST" else request.GET
    return given if request.method == "POST" or any(name.startswith(("state-", "field-")) for name in given) else None


def _move(request: HttpRequest, older: Older, crossing: Crossing) -> HttpResponse:
    """At once where a request can, else in the background."""
    by, seen = actor_for(request.user), request.POST.get("seen", "")
    if older.count <= going.AT_ONCE:
        moved = moving.migrate(crossing, by=by, seen=seen)
        going.forget(crossing.model._meta.label, crossing.source)  # what stopped before has no more to say
        return _moved(request, older, moved)
    going.begin(crossing, by=by, seen=seen, total=older.count)
    messages.success(request, _("They are being moved in the background. This page says how far it is."))
    return redirect("rulebook_editions")


def _moved(request: HttpRequest, older: Older, count: int) -> HttpResponse:
    words = {"count": count, "title": older.title}
    text = ngettext(
        "%(count)d thing was moved on from %(title)s.", "%(count)d things were moved on from %(title)s.", count
    )
    messages.success(request, text % words)
    return redirect("rulebook_editions")


def _address(older: Older, request: HttpRequest) -> str:
    """The same mapping, looked at anew; the list where nothing is left."""
    if not states_of(older.book):
        return reverse("rulebook_editions")
    stated = request.POST.copy()
    for name in ("seen", "csrfmiddlewaretoken"):
        stated.pop(name, None)
    return f"{reverse('rulebook_edition', args=[older.key])}?{stated.urlencode()}"


def _older(key: str) -> Older:
    book = processes.book_at(key)
    if not policy.active().superseded(book):
        raise Http404
    return Older(book, processes.title_of(book), states_of(book))


def _newest(older: Older) -> Any:
    return policy.active().newest(older.book.model, older.book.kind)


@require_POST
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the next edition's number into the draft, as a revision of its own, and look at it again."""
    draft = get_object_or_404(BookDraft, pk=pk)
    lock = draft.get_lock()
    meant = draft.get_latest_revision_as_object()
    changed = editions.begin(meant.text, _next(meant.text))
    if lock is not None and lock.for_user(request.user):
        messages.error(request, lock.get_message(request.user))
    elif changed is None:
        messages.error(request, _("Write “edition = 2”, or the next number, below [process] yourself."))
    else:
        meant.text = changed
        meant.save_revision(user=request.user, clean=False)
    return redirect("rulebook_review", pk)


def _next(text: str) -> int:
    """The number after the newest edition in force of the kind in that text."""
    meant = editions.written(text)
    kind = meant.kind.rpartition(".")[2] if meant else ""
    app = meant.kind.partition(".")[0] if meant else ""
    found = [book.edition for book in policy.active().books if book.kind == kind and book.model._meta.app_label == app]
    return max(found, default=0) + 1


def _here(label: str) -> dict[str, str]:
    return {"url": "", "label": label}


def _page(
    request: HttpRequest, template: str, crumbs: list[dict[str, str]], *, status: int = 200, **shown: Any
) -> HttpResponse:
    home = {"url": reverse("rules"), "label": _("Rules")}
    frame = {"header_title": crumbs[-1]["label"], "breadcrumbs_items": [home, *crumbs]}
    return render(request, f"rulebook/crossing/{template}", {**frame, **shown}, status=status)
