"""What a governed model inherits, and the tables of the protocol."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar, NoReturn, Self

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from gradus.accounts.roles import Actor
from gradus.core.storage import private_storage
from gradus.flow.errors import Text

# What `create`, `apply` and `backfill` alone write.
KEPT = frozenset({"state", "version", "state_since", "created_at"})


class Stateful(models.Model):
    """A thing with a state. Only `flow.create`, `flow.apply` and `flow.backfill` write the fields below.

    A subclass names its `states` in order (label, or label and tone), the field that holds the person who
    creates it (`author_field`), and the fields somebody who creates one is asked for (`asked`).
    """

    states: ClassVar[Mapping[str, Text | tuple[Text, str]]] = {}
    author_field: ClassVar[str] = ""
    asked: ClassVar[tuple[str, ...]] = ()

    state = FSMField(_("state"), max_length=40, default="", protected=True, editable=False, db_index=True)
    version = models.PositiveIntegerField(_("version"), default=0, editable=False)
    state_since = models.DateTimeField(_("in this state since"), default=timezone.now, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save other fields: what the protocol keeps is left out, and nothing comes into being this way."""
        if self._state.adding:
            raise TypeError(f"{self._meta.label} is created by flow.create.")
        wanted = kwargs.pop("update_fields", None)
        names = (
            {field.name for field in self._meta.concrete_fields if not field.primary_key}
            if wanted is None
            else set(wanted)
        )
        super().save(*args, **kwargs, update_fields=sorted(names - KEPT))

    def get_absolute_url(self) -> str:
        """Its page on the site: the one every model has, unless it brings its own."""
        return reverse("flow:item", args=[self._meta.label_lower, self.pk])

    def write(self, **kwargs: Any) -> None:
        """Save for the protocol, state and all."""
        super().save(**kwargs)

    def assigned(self, column: str, person_id: int, *, at: datetime) -> None:
        """Called when the platform assigns it to somebody, before the one save: keep who, and what goes with it."""
        setattr(self, column, person_id)

    @property
    def process(self) -> str:
        """Which book governs it: none but the model's own where the machine is coded."""
        return ""

    def refresh_from_db(
        self,
        using: str | None = None,
        fields: Iterable[str] | None = None,
        from_queryset: "models.QuerySet[Self] | None" = None,
    ) -> None:
        """Leave the protected state to be loaded again on its next use: django-fsm's own way is not thread-safe."""
        if fields is None or "state" in (fields := list(fields)):
            self.__dict__.pop("state", None)
        super().refresh_from_db(using=using, fields=fields, from_queryset=from_queryset)


class Declared(Stateful):
    """A thing whose machine is a book: `kind` names the process, `answers` holds its fields, validated."""

    kind = models.CharField(_("kind"), max_length=60, editable=False, db_index=True)
    answers = models.JSONField(_("answers"), default=dict, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def process(self) -> str:
        return self.kind

    def moved(self, name: str, *, by: Actor, at: datetime, params: Mapping[str, Any]) -> None:
        """Called within each transition, before the one save: set further fields of this object here."""


class RecordQuerySet(models.QuerySet["TransitionRecord"]):
    def done(self) -> Self:
        return self.filter(outcome=TransitionRecord.DONE)

    def refused(self) -> Self:
        return self.exclude(outcome=TransitionRecord.DONE)

    def about(self, obj: models.Model) -> Self:
        return self.filter(content_type=ContentType.objects.get_for_model(obj), object_id=obj.pk)

    def erase(self) -> int:
        """Forget what these were decided on and what people wrote, and keep the chain of what happened."""
        return super().update(facts=None, params={}, reasons=[], note="")

    def erase_facts(self) -> int:
        """Forget what these were decided on, and reasons, which quote it; what people wrote stays."""
        return super().update(facts=None, reasons=[])

    def update(self, **_values: Any) -> NoReturn:
        raise TypeError("History is append-only.")

    def delete(self) -> NoReturn:
        raise TypeError("History is append-only.")


class TransitionRecord(models.Model):
    """One decision about one object: a transition that happened, or a refusal. Never changed afterwards."""

    DONE = "done"
    OUTCOMES: ClassVar[dict[str, Text]] = {
        DONE: _("done"),
        "denied": _("denied by a rule"),
        "not_now": _("not possible in that state"),
        "stale": _("somebody else was first"),
        "limited": _("limit used up"),
    }

    content_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+")
    object_id = models.PositiveBigIntegerField(null=True)
    process = models.CharField(max_length=60, blank=True)
    transition = models.CharField(max_length=60)
    source = models.CharField(max_length=40, blank=True)
    target = models.CharField(max_length=40, blank=True)
    version = models.PositiveIntegerField(default=0)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,  # history_of_person begins with it
    )
    role = models.CharField(max_length=20)
    outcome = models.CharField(max_length=10, default=DONE)
    reasons = models.JSONField(default=list)
    note = models.TextField(blank=True)
    params = models.JSONField(default=dict)
    rule = models.CharField(max_length=200, blank=True)
    book_version = models.CharField(max_length=64, blank=True)
    facts = models.JSONField(null=True)
    correlation = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()
    refusal_key = models.CharField(max_length=120, null=True, unique=True)

    objects: ClassVar[RecordQuerySet] = RecordQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("history record")
        verbose_name_plural = _("history")
        ordering = ["at", "id"]
        indexes = [
            models.Index(fields=["content_type", "object_id", "at"], name="history_of_object"),
            models.Index(fields=["content_type", "transition", "at"], name="history_of_transition"),
            models.Index(fields=["-at", "-id"], name="history_newest_first"),
            models.Index(fields=["actor", "-at", "-id"], name="history_of_person"),
            models.Index(fields=["book_version", "-at", "-id"], name="history_of_version"),
            models.Index(
                fields=["outcome", "-at", "-id"], name="refusals_newest_first", condition=~models.Q(outcome="done")
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["content_type", "object_id", "version"],
                condition=models.Q(outcome="done"),
                name="one_transition_per_version",
            )
        ]

    def __str__(self) -> str:
        return f"{self.transition}: {self.source or '*'} -> {self.target} ({self.outcome})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("History is append-only.")
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise TypeError("History is append-only.")


class LimitUse(models.Model):
    """One use of a limit: the counter kept beside the history, one row for each record that counts."""

    key = models.CharField(max_length=180)
    owner = models.CharField(max_length=64)
    at = models.DateTimeField()
    record = models.ForeignKey(TransitionRecord, on_delete=models.CASCADE, related_name="uses")

    class Meta:
        indexes = [models.Index(fields=["key", "owner", "at"], name="uses_of_limit")]
        constraints = [models.UniqueConstraint(fields=["key", "record"], name="one_use_per_record")]

    def __str__(self) -> str:
        return f"{self.key}: {self.owner}"


class AutomationRun(models.Model):
    """What became of one match of an automation. `since` and `turn` say which time it was for the object.

    For a stay in a state that is its beginning and the number of the repetition, for a calendar the moment it named,
    for an event the moment and the number of its record: the same match is dealt with once.
    """

    class Outcome(models.TextChoices):
        ACTED = "acted", _("acted")
        WOULD = "would", _("would have acted")
        SKIPPED = "skipped", _("skipped")
        STOPPED = "stopped", _("stopped going round")
        LIMITED = "limited", _("limited")
        FAILED = "failed", _("failed")

    automation = models.CharField(_("automation"), max_length=250)
    object_id = models.PositiveBigIntegerField()
    since = models.DateTimeField()
    turn = models.PositiveBigIntegerField(default=0)
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome.choices)
    note = models.CharField(_("why"), max_length=500, blank=True)
    traceback = models.TextField(blank=True)
    record = models.ForeignKey(TransitionRecord, null=True, on_delete=models.PROTECT, related_name="runs")
    book_version = models.CharField(max_length=64)
    correlation = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("automation run")
        verbose_name_plural = _("automation runs")
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["-at"], name="runs_newest_first"),
            models.Index(fields=["correlation"], name="runs_that_belong_together"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["automation", "object_id", "since", "turn"], name="one_run_per_match")
        ]

    def __str__(self) -> str:
        return f"{self.automation}: {self.object_id} ({self.outcome})"


class Delivery(models.Model):
    """That one listener or action has dealt with one record: what keeps a repeated task from acting twice."""

    record = models.ForeignKey(TransitionRecord, on_delete=models.CASCADE, related_name="deliveries")
    listener = models.CharField(max_length=200)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "listener"], name="one_delivery_per_listener")]

    def __str__(self) -> str:
        return f"{self.listener} for record {self.record_id}"


def attachment_path(attachment: "Attachment", _filename: str) -> str:
    """Where the bytes lie: under the id alone, so that no name a person chose reaches the disk."""
    return f"attachments/{attachment.id.hex[:2]}/{attachment.id.hex}"


class Attachment(models.Model):
    """A private file: staged by its uploader, then attached to the object whose transition took its id."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.FileField(upload_to=attachment_path, storage=private_storage, max_length=120)
    name = models.CharField(max_length=150)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    content_type = models.ForeignKey(ContentType, null=True, on_delete=models.PROTECT, related_name="+")
    object_id = models.PositiveBigIntegerField(null=True)
    field = models.CharField(max_length=60, blank=True)

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        indexes = [
            models.Index(fields=["content_type", "object_id"], name="attachments_of_object"),
            models.Index(fields=["owner", "created_at"], name="attachments_of_owner"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("flow:file", args=[self.pk])

    @property
    def staged(self) -> bool:
        return self.object_id is None
