"""Between signing up and the address confirmed: the mail again, and where one was going."""

from typing import cast

from allauth.account.internal.flows.email_verification import send_verification_email_at_login
from allauth.account.models import Login
from allauth.account.stages import EmailVerificationStage, LoginStageController
from allauth.account.utils import has_verified_email
from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gradus.accounts.landing import landing_of, onward_url
from gradus.accounts.models import User
from gradus.core.navigation import safe_next

CONFIRMED = "confirmed_address"  # in the session: what the sign-in form is filled with


def pending(request: HttpRequest) -> Login | None:
    """Who waits for their mail in this browser. Allauth pretends one where the address was known already."""
    if request.user.is_authenticated:
        return None
    stage = LoginStageController.enter(request, EmailVerificationStage.key)
    return stage.login if stage else None


def address_of(login: Login) -> str:
    return login.email or cast("User", login.user).email


@require_POST
def send_again(request: HttpRequest) -> HttpResponseRedirect:
    """Allauth counts the mails to an address; a pretended sign-up is answered like a real one."""
    login, onward = pending(request), safe_next(request, "")
    if request.user.is_authenticated:
        return HttpResponseRedirect(onward or landing_of(request.user))
    if login is None:
        messages.info(request, _("Sign in with your address and password, and we send a new link."))
        return redirect(onward_url("account_login", onward))
    if login.user is not None and has_verified_email(login.user, login.email):
        messages.info(request, _("Your address is confirmed. Sign in to go on."))
        request.session[CONFIRMED] = address_of(login)
        return redirect(onward_url("account_login", onward))
    if not send_verification_email_at_login(request, login):
        messages.warning(request, _("We sent it a few times. Look among the unwanted mail, or wait ten minutes."))
    return redirect(onward_url("account_email_verification_sent", onward))
