"""The way out of a mail: an address that works signed out, for ever, and for one topic only."""

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.urls import reverse

from gradus.accounts.models import User
from gradus.notify import services, topics
from gradus.notify.models import Channel

SALT = "gradus.notify.unsubscribe"


@dataclass(frozen=True)
class Wish:
    user: User
    topic: topics.Topic


def address(user: User, topic: topics.Topic) -> str:
    token = signing.Signer(salt=SALT).sign_object([user.pk, topic.name])
    return settings.BASE_URL + reverse("notify:unsubscribe", args=[token])


def wish_in(token: str) -> Wish | None:
    """Who wants out of what; None for a forged token, a person who left or a topic that is no more."""
    try:
        user_id, name = signing.Signer(salt=SALT).unsign_object(token)
    except (signing.BadSignature, ValueError):
        return None
    user, topic = User.objects.filter(pk=user_id).first(), topics.named(name)
    return Wish(user, topic) if user and topic else None


def apply(wish: Wish, *, wanted: bool = False) -> None:
    services.choose(wish.user, topic=wish.topic.name, channel=Channel.MAIL, wanted=wanted)
