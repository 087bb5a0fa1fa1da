"""How allauth behaves here."""

from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.core import context as allauth_context
from django.contrib.auth.hashers import make_password
from django.contrib.sites.shortcuts import get_current_site
from django.core.mail import send_mail
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gradus.accounts.confirming import CONFIRMED
from gradus.accounts.landing import landing_of, onward_url
from gradus.accounts.models import User
from gradus.accounts.roles import Role
from gradus.accounts.services import give_roles
from gradus.core.navigation import safe_next
from gradus.core.tasks import enqueue

LINKS = {  # what a mail of allauth's asks to open, and what its button says
    "activate_url": _("Confirm the address"),
    "password_reset_url": _("Choose a new password"),
    "signup_url": _("Sign up"),
}


class AccountAdapter(DefaultAccountAdapter):
    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Through a task: a mail server that is slow or away must not fail a sign-up, and how long
        an answer takes must not tell whether there was anybody to write to."""
        request = allauth_context.request
        whole = {"request": request, "email": email, "current_site": get_current_site(request), **context}
        mail = self.render_mail(template_prefix, email, whole)
        link, label = next(((str(whole[name]), says) for name, says in LINKS.items() if whole.get(name)), ("", ""))
        html = in_html(mail.subject, mail.body, link=link, label=label)
        enqueue(deliver, mail.subject, mail.body, mail.from_email, mail.to, html, save=False)

    def send_account_already_exists_mail(self, email: str) -> None:
        """Hashes the password, as signing up does: the time of the answer must not tell that the address is known."""
        make_password(self.request.POST.get("password1", ""))
        super().send_account_already_exists_mail(email)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return landing_of(request.user) if isinstance(request.user, User) else "/"

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return self.get_login_redirect_url(request)

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: EmailConfirmation) -> str:
        """The link may be opened in another browser: it carries where one was going, by way of signing in."""
        url: str = super().get_email_confirmation_url(request, emailconfirmation)
        onward = safe_next(request, "")
        return f"{url}?{urlencode({'next': onward_url('account_login', onward)})}" if onward else url

    def respond_email_verification_sent(self, request: HttpRequest, user: User | None) -> HttpResponseRedirect:
        return HttpResponseRedirect(onward_url("account_email_verification_sent", safe_next(request, "")))

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        confirmed: bool = super().confirm_email(request, email_address)
        if confirmed and not request.user.is_authenticated:
            request.session[CONFIRMED] = email_address.email
        return confirmed

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        if self.request.user.is_authenticated:  # who changed their address
            return resolve_url("people:profile")
        return resolve_url("account_login")

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:  # noqa: FBT001, FBT002
        """Whoever signs up is a student; every other role is given by an administrator."""
        user.display_name = form.cleaned_data["display_name"]
        user.time_zone = form.cleaned_data["time_zone"]
        saved: User = super().save_user(request, user, form, commit)
        if commit:
            give_roles(saved, [Role.STUDENT])
        return saved


def in_html(subject: str, text: str, *, link: str, label: str | Promise) -> str:
    """The same words in the design of our mails; the link becomes its button."""
    body, _dashes, _sender = text.partition("\n-- \n")
    paragraphs = [part.strip() for part in body.split("\n\n") if part.strip() and part.strip() != link]
    shown = {"title": subject, "paragraphs": paragraphs, "url": link, "label": label}
    return render_to_string("accounts/mail.html", shown)


def deliver(subject: str, body: str, sender: str, to: list[str], html: str | None = None) -> None:
    send_mail(subject, body, sender, to, html_message=html)
