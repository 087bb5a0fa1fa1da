"""Signing in from other doors, the mode switch, and the pages about a person."""

from typing import cast

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail import hooks

from gradus.accounts import api_keys, modes
from gradus.accounts.forms import ApiKeyForm, ProfileForm
from gradus.accounts.landing import landing_of
from gradus.accounts.models import ApiKey, User
from gradus.accounts.roles import HELD, STAFF
from gradus.accounts.selectors import people_visible_to
from gradus.core.navigation import safe_next
from gradus.core.ratelimit import limited


def signed_in(request: HttpRequest) -> User:
    """The person behind a request that `login_required` let through."""
    return cast("User", request.user)


def staff_login(request: HttpRequest) -> HttpResponseRedirect:
    """Wagtail sends everybody here whom it does not let in."""
    if not request.user.is_authenticated:
        return redirect_to_login(safe_next(request, "/admin/"))
    if signed_in(request).acting_role not in STAFF:
        raise PermissionDenied(_("The back office is for staff. Switch your mode if you hold such a role."))
    return redirect("wagtailadmin_home")


def page_login(request: HttpRequest) -> HttpResponseRedirect:
    """Wagtail sends guests here from pages for people who are signed in."""
    return redirect_to_login(safe_next(request))


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
    return HttpResponseRedirect(safe_next(request, landing_of(user)))


@require_safe
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """What others may see of somebody. Other apps add to it with the hook `gradus_person_section`."""
    shown = get_object_or_404(people_visible_to(request.user), pk=pk)
    sections = [hook(request, shown) for hook in hooks.get_hooks("gradus_person_section")]
    context = {
        "person": shown,
        "roles": [role.label for role in HELD if role in shown.roles],
        "sections": [section for section in sections if section],
    }
    return render(request, "accounts/person.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """One's own page: name, time zone and language; the ways to everything else about the account."""
    user = signed_in(request)
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=user.pk))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Your profile is saved."))
        return redirect("people:profile")
    context = {"form": form, "keys": api_keys.usable_keys(user)}
    return render(request, "accounts/profile.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "POST"])
@login_required
@limited("api-keys", limit=20, seconds=3600)
@reauthentication_required
def new_key(request: HttpRequest) -> HttpResponse:
    """Asks for the password again: a key outlives the session it was made in."""
    user = signed_in(request)
    form = ApiKeyForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        try:
            key, token = api_keys.create_key(
                user=user,
                name=chosen["name"],
                role=chosen["role"],
                scopes=chosen["scopes"],
                expires_at=chosen["lifetime"],
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return render(request, "accounts/key_created.html", {"key": key, "token": token})
    return render(request, "accounts/key_new.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@login_required
def revoke_key(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    key = get_object_or_404(ApiKey, pk=pk, user=signed_in(request))
    api_keys.revoke_key(key=key)
    messages.success(request, _("“%(name)s” is revoked and works no more.") % {"name": key.name})
    return redirect("people:profile")
