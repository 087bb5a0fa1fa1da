"""How allauth behaves here."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from django.contrib.sites.shortcuts import get_current_site
from django.core.mail import send_mail
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gradus.accounts.models import User
from gradus.accounts.roles import Role
from gradus.accounts.services import give_roles
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
