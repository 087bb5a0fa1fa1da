"""Where events are sent, what is sent, and every try."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

NAME = r"[a-z][a-z0-9_-]*"
TEST = "test"  # the type of what an administrator sends to see whether it arrives


class Off(models.TextChoices):
    """Why nothing is sent to an endpoint."""

    BY_HAND = "hand", _("an administrator switched it off")
    GONE = "gone", _("it answered that it is gone for good (410)")


class Status(models.TextChoices):
    QUEUED = "queued", _("waiting")
    SENDING = "sending", _("on its way")
    SENT = "sent", _("delivered")
    DEAD = "dead", _("failed")
    HELD = "held", _("held back")


UNDER_WAY = (Status.QUEUED, Status.SENDING)
FAILED = (Status.DEAD, Status.HELD)


class Endpoint(models.Model):
    """An address of another service. Books name it; its secret signs what is sent there.

    The secret must be known to sign with, so it is kept as it is. The old one signs as well for a while after a change.
    """

    name = models.CharField(
        _("name"),
        max_length=60,
        unique=True,
        validators=[RegexValidator(f"^{NAME}$", _("Small letters, digits, - and _ only, and a letter first."))],
        help_text=_("What rules call it. It cannot be changed later."),
    )
    url = models.URLField(_("address"), max_length=500)
    secret = models.CharField(max_length=100, editable=False)
    old_secret = models.CharField(max_length=100, blank=True, editable=False)
    old_secret_until = models.DateTimeField(null=True, editable=False)
    off = models.CharField(_("switched off"), max_length=4, choices=Off.choices, blank=True, editable=False)
    failing_since = models.DateTimeField(_("failing since"), null=True, editable=False)
    created_at = models.DateTimeField(_("added"), auto_now_add=True)

    class Meta:
        verbose_name = _("webhook endpoint")
        verbose_name_plural = _("webhook endpoints")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """One event for one endpoint. `webhook_id` and `body` are the same in every try.

    `due_at` is when somebody looks after it next: for the next try, or because its task or worker must be lost.
    """

    endpoint = models.ForeignKey(
        Endpoint, verbose_name=_("endpoint"), on_delete=models.CASCADE, related_name="deliveries"
    )
    webhook_id = models.CharField(max_length=64, unique=True)
    type = models.CharField(_("type"), max_length=200)
    body = models.TextField()
    about_model = models.CharField(max_length=80)
    about_id = models.PositiveBigIntegerField()
    status = models.CharField(_("status"), max_length=7, choices=Status.choices, default=Status.QUEUED)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    due_at = models.DateTimeField()
    created_at = models.DateTimeField(_("queued"), auto_now_add=True)
    sent_at = models.DateTimeField(_("delivered"), null=True)

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["due_at"], name="webhooks_due", condition=models.Q(status__in=["queued", "sending"])),
            models.Index(fields=["-id"], name="webhooks_failed", condition=models.Q(status="dead")),
            models.Index(fields=["endpoint", "status"], name="webhooks_of_endpoint"),
        ]

    def __str__(self) -> str:
        return f"{self.type} ({self.webhook_id})"


class Try(models.Model):
    """What an endpoint answered once, or why it did not."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="log")
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    seconds = models.FloatField()
    answer = models.TextField(blank=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.status or self.error} at {self.at:%Y-%m-%d %H:%M}"

    @property
    def delivered(self) -> bool:
        return self.status is not None and 200 <= self.status < 300
