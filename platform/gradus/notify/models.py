"""What people were told, how they want to be told, and the outbox of live updates."""

import uuid
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gradus.accounts.models import User


class Channel(models.TextChoices):
    APP = "app", _("On this site")
    MAIL = "mail", _("By e-mail")


class NotificationQuerySet(models.QuerySet["Notification"]):
    def listed_for(self, user: User) -> Self:
        """What this person sees in their list: their own, unless they asked for mail only."""
        return self.filter(user=user, in_app=True)

    def unread(self) -> Self:
        return self.filter(read_at=None)


class Notification(models.Model):
    """Something one person was told, in their language as it was then."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications")
    kind = models.CharField(_("kind"), max_length=80)
    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(_("text"), blank=True)
    url = models.CharField(_("address"), max_length=300, blank=True)
    data = models.JSONField(_("data"), default=dict, blank=True)
    about_model = models.CharField(max_length=80, blank=True, editable=False)
    about_id = models.CharField(max_length=64, blank=True, editable=False)
    # What happened, so that telling somebody twice about the same thing leaves one row.
    key = models.CharField(max_length=120, blank=True, editable=False)
    in_app = models.BooleanField(_("listed on the site"), default=True)
    created_at = models.DateTimeField(_("told"), auto_now_add=True)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint("user", "key", condition=~Q(key=""), name="told_once"),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="notify_list", condition=Q(in_app=True)),
            models.Index(fields=["user"], name="notify_unread", condition=Q(in_app=True, read_at=None)),
        ]

    def __str__(self) -> str:
        return self.title


class Preference(models.Model):
    """A choice that differs from, or repeats, the topic's default."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    topic = models.CharField(max_length=80)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    wanted = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint("user", "topic", "channel", name="one_preference_per_channel")]

    def __str__(self) -> str:
        return f"{self.topic}/{self.channel}: {self.wanted}"


class MailStatus(models.TextChoices):
    QUEUED = "queued", _("Queued")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    SKIPPED = "skipped", _("Not needed any more")
    FAILED = "failed", _("Failed")


class Mail(models.Model):
    """The log of one mail. A claim is a conditional update to `sending`; `due_at` is when to look at it again."""

    notification = models.OneToOneField(Notification, models.CASCADE, related_name="mail")
    message_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    status = models.CharField(max_length=8, choices=MailStatus.choices, default=MailStatus.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["due_at"], name="mail_due", condition=Q(status__in=["queued", "sending"])),
            models.Index(fields=["-id"], name="mail_failed", condition=Q(status="failed")),
        ]

    def __str__(self) -> str:
        return f"{self.notification} ({self.get_status_display()})"


class Change(models.Model):
    """One line of the outbox: `type:object_id` is now at `version`, for the sockets in `group`."""

    group = models.CharField(max_length=90)
    type = models.CharField(max_length=60)
    object_id = models.CharField(max_length=64)
    version = models.BigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    fields: ClassVar[tuple[str, ...]] = ("id", "group", "type", "object_id", "version")

    def __str__(self) -> str:
        return f"{self.type}:{self.object_id} is at {self.version}"
