"""Telling people, and what they do with what they were told."""

import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from gradus.accounts.models import User
from gradus.core.tasks import enqueue
from gradus.notify import live, render, selectors, topics
from gradus.notify.models import Channel, Mail, MailStatus, Notification, Preference

SEND_MAIL = "gradus.notify.tasks.send_mail"
SILENCE = timedelta(minutes=15)  # a mail nobody has reported on for so long has lost its task or its worker


def notify(
    users: Iterable[User],
    kind: str,
    *,
    context: Mapping[str, Any] | None = None,
    url: str = "",
    about: models.Model | None = None,
    key: str = "",
) -> list[Notification]:
    """Tell these people, each by the channels they want; people who may not view `about` are left out.

    `kind` names the templates (`templates/notifications/<kind>.*`), which see `context` (JSON only: the mail is
    written later), `object`, `reader` and `url`. The same `key` tells the same person once. Writes to the database
    only, in the transaction that is open; the mail follows its commit.
    """
    news = _News(kind, context or {}, url, about, key)
    with transaction.atomic():
        readers = _to_be_told(list(users), about=about, key=key)
        wanted = selectors.channels_wanted(readers, topics.topic_of(kind))
        made = [news.told_to(reader, wanted[reader.pk]) for reader in readers if wanted[reader.pk]]
        Notification.objects.bulk_create(made)
        for told in made:
            if told.in_app:
                ring(told.user_id)
        _queue_mails([told for told in made if Channel.MAIL in wanted[told.user_id]])
    return made


@dataclass(frozen=True)
class _News:
    kind: str
    context: Mapping[str, Any]
    url: str
    about: models.Model | None
    key: str

    def told_to(self, reader: User, channels: set[Channel]) -> Notification:
        words = render.words(
            reader, self.kind, {**self.context, "object": self.about, "reader": reader, "url": self.url}
        )
        return Notification(
            user=reader,
            kind=self.kind,
            title=words.title,
            body=words.body,
            url=self.url if url_has_allowed_host_and_scheme(self.url, allowed_hosts=None) else "",
            data=dict(self.context),
            about_model=self.about._meta.label if self.about is not None else "",
            about_id=str(self.about.pk) if self.about is not None else "",
            key=self.key,
            in_app=Channel.APP in channels,
        )


def _to_be_told(users: Collection[User], *, about: models.Model | None, key: str) -> list[User]:
    people = {user.pk: user for user in users if user.is_active}
    if key:
        told = Notification.objects.filter(key=key, user__in=people.values()).values_list("user_id", flat=True)
        people = {pk: user for pk, user in people.items() if pk not in set(told)}
    return list(people.values()) if about is None else selectors.who_may_view(list(people.values()), about)


def _queue_mails(notifications: list[Notification]) -> None:
    due_at = timezone.now() + SILENCE
    mails = Mail.objects.bulk_create(Mail(notification=told, due_at=due_at) for told in notifications)
    for mail in mails:
        enqueue(SEND_MAIL, mail.pk)


def ring(user_id: int) -> None:
    """Tell this person's open pages that their bell's number may have changed."""
    live.changed("bell", user_id, time.time_ns() // 1_000_000, users=[user_id])


def mark_read(user: User, *, pk: int) -> Notification | None:
    """The person's notification, read from now on; None when it is not theirs."""
    with transaction.atomic():
        found = Notification.objects.listed_for(user).filter(pk=pk).first()
        if found and Notification.objects.filter(pk=pk, read_at=None).update(read_at=timezone.now()):
            ring(user.pk)
    return found


def mark_unread(user: User, *, pk: int) -> None:
    with transaction.atomic():
        if Notification.objects.listed_for(user).filter(pk=pk).exclude(read_at=None).update(read_at=None):
            ring(user.pk)


def mark_all_read(user: User) -> tuple[int, datetime]:
    """How many were marked, and the moment they carry: what undoing this needs."""
    moment = timezone.now()
    with transaction.atomic():
        marked = Notification.objects.listed_for(user).unread().update(read_at=moment)
        if marked:
            ring(user.pk)
    return marked, moment


def undo_mark_all_read(user: User, *, moment: datetime) -> int:
    with transaction.atomic():
        undone = Notification.objects.listed_for(user).filter(read_at=moment).update(read_at=None)
        if undone:
            ring(user.pk)
    return undone


def choose(user: User, *, topic: str, channel: Channel, wanted: bool) -> None:
    Preference.objects.update_or_create(user=user, topic=topic, channel=channel, defaults={"wanted": wanted})


def send_again(*, mail_id: int) -> bool:
    """Queue a failed mail once more, under the same Message-ID; False when it is not failed any more."""
    with transaction.atomic():
        failed = Mail.objects.filter(pk=mail_id, status=MailStatus.FAILED)
        if not failed.update(status=MailStatus.QUEUED, attempts=0, error="", due_at=timezone.now() + SILENCE):
            return False
        enqueue(SEND_MAIL, mail_id)
    return True
