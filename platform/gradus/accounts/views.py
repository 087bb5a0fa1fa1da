"""Signing in from other doors, the mode switch, and the pages about a person."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gradus.accounts import modes
from gradus.accounts.models import User
from gradus.accounts.roles import STAFF


def signed_in(request: HttpRequest) -> User:
    """The person behind a request that `login_required` let through."""
    return cast("User", request.user)


def safe_next(request: HttpRequest, default: str = "/") -> str:
    """Where the form wants to go on, as long as that is on this site."""
    wanted = request.POST.get("next") or request.GET.get("next") or default
    allowed = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if allowed else default


def staff_login(request: HttpRequest) -> HttpResponseRedirect:
    """Wagtail sends everybody here whom it does not let in."""
    if not request.user.is_authenticated:
        return redirect_to_login(safe_next(request, "/admin/"))
    if signed_in(request).acting_role not in STAFF:
        raise PermissionDenied(_("The back office is for staff. Switch your mode if you hold such a role."))
    return redirect("wagtailadmin_home")


def password_reset(request: HttpRequest, rest: str = "") -> HttpResponseRedirect:
    return redirect("account_reset_password")


@require_POST
@login_required
def switch_mode(request: HttpRequest) -> HttpResponseRedirect:
    user = signed_in(request)
    role = next((role for role in user.roles if role == request.POST.get("role")), None)
    if role is None:
        raise PermissionDenied(_("You do not hold that role."))
    modes.switch(request, user, to=role)
    messages.success(request, _("You now act as %(role)s.") % {"role": role.label})
    return redirect(safe_next(request))
