"""One mail: who may still get it, what it says, and the headers that let people out of it."""

from email.utils import formataddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from gradus.accounts.models import User
from gradus.notify import render, selectors, topics, unsubscribing
from gradus.notify.models import Channel, Mail


def still_wanted(mail: Mail) -> bool:
    """Whether this person is still there, still wants such mails and may still view what it is about."""
    told = mail.notification
    user = told.user
    if not user.is_active or not user.email:
        return False
    if Channel.MAIL not in selectors.channels_wanted([user], topics.topic_of(told.kind))[user.pk]:
        return False
    obj = selectors.about(told)
    return not told.about_model or (obj is not None and bool(selectors.who_may_view([user], obj)))


def compose(mail: Mail) -> EmailMultiAlternatives:
    """The mail, the same every time: a second copy carries the same Message-ID and is recognised as one."""
    told = mail.notification
    user, topic = told.user, topics.topic_of(told.kind)
    way_out = unsubscribing.address(user, topic)
    with render.as_read_by(user):
        context = _context(mail, user, way_out)
        message = EmailMultiAlternatives(
            subject=told.title,
            body=render.text(told.kind, context),
            to=[formataddr((user.display_name, user.email))],
            headers=_headers(mail, way_out),
        )
        message.attach_alternative(render.html(told.kind, context), "text/html")
    return message


def _context(mail: Mail, user: User, way_out: str) -> dict[str, object]:
    told = mail.notification
    return {
        **told.data,
        "object": selectors.about(told),
        "reader": user,
        "url": settings.BASE_URL + told.url if told.url else "",
        "title": told.title,
        "topic": topics.topic_of(told.kind),
        "unsubscribe_url": way_out,
        "site_name": settings.SITE_NAME,
        "base_url": settings.BASE_URL,
    }


def _headers(mail: Mail, way_out: str) -> dict[str, str]:
    return {
        "Message-ID": f"<{mail.message_id}@{urlsplit(settings.BASE_URL).hostname}>",
        "List-Unsubscribe": f"<{way_out}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
