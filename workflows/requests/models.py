"""What students ask for. Which kinds there are, and how each moves, is written in `rules/requests/`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gradus import flow, policy
from gradus.accounts.roles import Actor
from gradus.flow.models import Declared


class RequestQuerySet(models.QuerySet["Request"]):
    def visible_to(self, who: Any) -> "models.QuerySet[Request]":
        return policy.filter(self, "view", who)


class Request(Declared):
    """One request of a student, of the kind whose book governs it."""

    author_field = "author"
    asked = ("title", "text")

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("student"),
        on_delete=models.PROTECT,
        related_name="requests",
        editable=False,
    )
    title = models.CharField(_("title"), max_length=120, help_text=_("A few words your reviewer will see in a list."))
    text = models.TextField(_("what you ask for"), max_length=10_000)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("reviewer"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
    )
    claimed_at = models.DateTimeField(_("claimed"), null=True, editable=False)
    claimed_before_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("previous reviewer"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
    )

    objects: ClassVar[RequestQuerySet] = RequestQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["author", "-created_at", "-id"], name="requests_of_author"),
            models.Index(fields=["state", "state_since", "id"], name="requests_waiting"),
            # Kind and author at the end: what a queue filters by is read from the index alone.
            models.Index(
                fields=["claimed_by", "state", "state_since", "id", "kind", "author"], name="requests_claimed"
            ),
            models.Index(
                fields=["state", "state_since", "id", "kind", "author"],
                condition=models.Q(claimed_by__isnull=True),
                name="requests_unclaimed",
            ),
            models.Index(fields=["-created_at", "-id"], name="requests_newest"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("requests:detail", args=[self.pk])

    @property
    def kind_title(self) -> str:
        return str(flow.newest(Request, self.kind).title)

    def assigned(self, column: str, person_id: int, *, at: datetime) -> None:
        """An assigned reviewer has it as one who claimed it does."""
        if column == "claimed_by_id":
            self.claimed_before_by, self.claimed_at = self.claimed_by, at
        super().assigned(column, person_id, at=at)

    def moved(self, name: str, *, by: Actor, at: datetime, params: Mapping[str, Any]) -> None:
        """Keep who reviews it: claiming takes it, releasing gives it back."""
        if name in {"claim", "take_over"}:
            self.claimed_before_by, self.claimed_by, self.claimed_at = self.claimed_by, by.user, at
        elif name == "release":
            self.claimed_before_by, self.claimed_by, self.claimed_at = self.claimed_by, None, None
