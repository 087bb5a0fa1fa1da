"""The list, the bell, the preferences and the way out."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gradus.accounts.models import User
from gradus.flow.values import whole
from gradus.flow.workbench import workbenches
from gradus.notify import news, selectors, services, unsubscribing
from gradus.notify.forms import PreferencesForm

PER_PAGE = 20
UNDO_SALT = "gradus.notify.undo"
UNDO_LASTS = 60 * 60  # seconds


@require_GET
@login_required
def index(request: HttpRequest) -> HttpResponse:
    unread_only = request.GET.get("show") == "unread"
    pages = Paginator(selectors.listed(_reader(request), unread_only=unread_only), PER_PAGE)
    page = pages.get_page(request.GET.get("page"))
    context = {
        "page": page,
        "gone": selectors.gone(_reader(request), page.object_list),
        "unread_only": unread_only,
        "unread": selectors.unread_count(_reader(request)),
        "undo": request.GET.get("undo", ""),
    }
    return render(request, "notify/index.html", context)


@require_GET
def bell(request: HttpRequest) -> HttpResponse:
    """The bell as it is now. Signed out meanwhile, a page keeps it: a redirect would draw a login form there."""
    if not request.user.is_authenticated:
        return HttpResponse(status=204)
    return render(request, "notify/bell_fragment.html")


@require_GET
def queue_news(request: HttpRequest, workflow: str) -> HttpResponse:
    """What came into a queue, or moved in it, since the page that asks was opened."""
    bench = next((one for one in workbenches() if one.name == workflow and one.may_enter(request.user)), None)
    since = whole(request.GET.get("since", ""))
    if bench is None or since is None:
        raise Http404
    found = {"since": since, "version": news.latest_record(), "news": news.since(bench.model, since, request.user)}
    waiting = {"waiting": bench.waiting_count(request), "counted": bench.counted_label(request)}
    return render(request, "notify/queue_news.html", {"bench": bench, **found, **waiting})


@require_GET
@login_required
def follow(request: HttpRequest, pk: int) -> HttpResponse:
    """Read a notification and go where it points."""
    found = services.mark_read(_reader(request), pk=pk)
    if found is None:
        raise Http404
    if selectors.gone(_reader(request), [found]):
        messages.info(request, _("What this was about is no longer available to you."))
        return redirect("notify:index")
    return redirect(found.url or "notify:index")


@require_POST
@login_required
def mark(request: HttpRequest, pk: int) -> HttpResponse:
    if request.POST.get("as") == "unread":
        services.mark_unread(_reader(request), pk=pk)
    elif services.mark_read(_reader(request), pk=pk) is None:
        raise Http404
    return _back_to_list(request)


@require_POST
@login_required
def mark_all(request: HttpRequest) -> HttpResponse:
    count, moment = services.mark_all_read(_reader(request))
    if not count:
        return _back_to_list(request)
    text = ngettext("%(count)s notification marked as read.", "%(count)s notifications marked as read.", count)
    messages.success(request, text % {"count": count})
    return _back_to_list(request, undo=signing.dumps(moment.isoformat(), salt=UNDO_SALT))


@require_POST
@login_required
def undo(request: HttpRequest) -> HttpResponse:
    try:
        moment = signing.loads(request.POST.get("undo", ""), salt=UNDO_SALT, max_age=UNDO_LASTS)
    except signing.BadSignature:
        messages.error(request, _("That can no longer be undone."))
        return _back_to_list(request)
    services.undo_mark_all_read(_reader(request), moment=datetime.fromisoformat(moment))
    messages.success(request, _("They are unread again."))
    return _back_to_list(request)


@require_http_methods(["GET", "POST"])
@login_required
def preferences(request: HttpRequest) -> HttpResponseBase:
    form = PreferencesForm(request.POST or None, user=_reader(request))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Your choices are saved."))
        return redirect("notify:preferences")
    return render(request, "notify/preferences.html", {"form": form})


@csrf_exempt  # mail programs post here (RFC 8058); the signed address is the permission
@require_http_methods(["GET", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Asks on GET, because programs that look at links follow them; stops the mails on POST, signed in or not."""
    wish = unsubscribing.wish_in(token)
    if wish is None:
        return render(request, "notify/unsubscribe.html", {"wish": None}, status=404)
    done = ""
    if request.method == "POST":
        if request.POST.get("again") and request.user != wish.user:
            return redirect("notify:preferences")  # whoever got hold of the mail can only make it quieter
        done = "again" if request.POST.get("again") else "stopped"
        unsubscribing.apply(wish, wanted=done == "again")
    return render(request, "notify/unsubscribe.html", {"wish": wish, "done": done})


def _reader(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101  # login_required
    return request.user


def _back_to_list(request: HttpRequest, **query: Any) -> HttpResponse:
    if request.POST.get("show") == "unread":
        query["show"] = "unread"
    return redirect(reverse("notify:index", query=query))
