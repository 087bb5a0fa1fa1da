"""The health page of the back office."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gradus.accounts.roles import Role, actor_for
from gradus.core.errors import permission_denied
from gradus.notify import health, services

View = Callable[..., HttpResponse]


def admins_only(view: View) -> View:
    """403 for everybody else. Returned, not raised: Wagtail turns the exception into a redirect."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if actor_for(request.user).role is not Role.ADMIN:
            return permission_denied(request, PermissionDenied(_("The health page is for administrators.")))
        return view(request, *args, **kwargs)

    return guarded


@require_GET
@admins_only
def page(request: HttpRequest) -> HttpResponse:
    return render(request, "notify/health.html", {"health": health.report()})


@require_POST
@admins_only
def run_again(request: HttpRequest, task_id: str) -> HttpResponse:
    return _done(request, _("The task is queued again.") if health.run_again(task_id=task_id) else "")


@require_POST
@admins_only
def dismiss(request: HttpRequest, task_id: str) -> HttpResponse:
    return _done(request, _("The task is off the list.") if health.dismiss(task_id=task_id) else "")


@require_POST
@admins_only
def send_again(request: HttpRequest, mail_id: int) -> HttpResponse:
    return _done(request, _("The mail is queued again.") if services.send_again(mail_id=mail_id) else "")


@require_POST
@admins_only
def test_mail(request: HttpRequest) -> HttpResponse:
    services.notify([request.user], "notify/test", url="/notifications/")  # type: ignore[list-item]  # signed in
    return _done(request, _("A test mail is on its way to %(address)s.") % {"address": request.user.email})  # type: ignore[union-attr]


def _done(request: HttpRequest, what: str) -> HttpResponse:
    if what:
        messages.success(request, what)
    else:
        messages.warning(request, _("Somebody else has taken care of it already."))
    return redirect("notify_health")
