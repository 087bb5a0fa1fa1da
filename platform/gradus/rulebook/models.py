"""Versions of the rules: texts that never change, and which of them are in force since when and by whom.

A version holds the books that differ from their files; every other book is its file. Version 0 is the files alone.
"""

import hashlib
import json
import re
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.contenttypes.fields import GenericRelation
from django.core.exceptions import PermissionDenied
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.models import DraftStateMixin, LockableMixin, Revision, RevisionMixin, WorkflowMixin, WorkflowState

from gradus.core.formats import moment
from gradus.policy.bounds import LONGEST_BOOK
from gradus.policy.texts import said

TITLE = re.compile(r'(?m)^title\s*=\s*"([^"\n]+)"')
KEPT = re.compile(r"(?P<base>.+)-(?P<number>[1-9][0-9]*)\.toml")  # an older edition, beside the newest
FILE = r"^([a-z][a-z0-9_]*/)?[a-z][a-z0-9_]*\.toml$"


class BookText(models.Model):
    """A text under its hash: one that was published, which decisions name as their `book_version`, or its file then."""

    hash = models.CharField(max_length=64, primary_key=True)
    text = models.TextField()

    class Meta:
        verbose_name = _("published text")
        verbose_name_plural = _("published texts")

    def __str__(self) -> str:
        return self.hash[:12]


class Version(models.Model):
    """Which text each published book has. `base` is what their files said then, to notice that they moved on."""

    number = models.PositiveIntegerField(_("version"), unique=True)
    hash = models.CharField(max_length=64)
    files = models.JSONField(default=dict)
    base = models.JSONField(default=dict)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(_("why"))
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("version of the rules")
        verbose_name_plural = _("versions of the rules")
        ordering = ("-number",)

    def __str__(self) -> str:
        return str(_("Version %s") % self.number)

    def texts(self) -> dict[str, str]:
        """The published books by file."""
        known = dict(BookText.objects.filter(hash__in=self.files.values()).values_list("hash", "text"))
        return {file: known[found] for file, found in self.files.items()}


class Activation(models.Model):
    """What was put in force, and by whom; the one with the highest number holds. Rows are only ever added."""

    KINDS = {
        "publish": _("published"),
        "rollback": _("rolled back"),
        "freeze": _("frozen"),
        "thaw": _("released"),
    }

    number = models.PositiveIntegerField(unique=True)  # two at once: the second one is told
    version = models.ForeignKey(Version, null=True, on_delete=models.PROTECT, related_name="activations")
    frozen = models.JSONField(default=dict)  # why, by book ("requests.Request/refund")
    kind = models.CharField(max_length=10, choices=list(KINDS.items()))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.TextField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("change of the rules in force")
        verbose_name_plural = _("changes of the rules in force")
        ordering = ("-number",)

    def __str__(self) -> str:
        return f"{self.number}: {self.kind}"

    @property
    def version_number(self) -> int:
        """0 stands for the files."""
        return self.version.number if self.version else 0


def hash_of(value: Any) -> str:
    """Of a text, or of anything JSON can hold."""
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class BookDraft(WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, models.Model):
    """A book while it is written: Wagtail's drafts, schedule, moderation and locks. What is in force is a Version.

    `text` of the row itself is what is in force; what is being written is in its revisions.
    """

    file = models.CharField(
        _("file"), max_length=100, unique=True, validators=[RegexValidator(FILE, _("Such as requests/reissue.toml."))],
        help_text=_("Below rules/, such as requests/reissue.toml. It cannot be changed later."),
    )  # fmt: skip
    text = models.TextField(_("rules"), max_length=LONGEST_BOOK)
    note = models.TextField(_("why"), blank=True, help_text=_("What this changes, and why: the history shows it."))
    _revisions = GenericRelation(
        "wagtailcore.Revision", content_type_field="base_content_type", object_id_field="object_id"
    )
    workflow_states = GenericRelation(
        "wagtailcore.WorkflowState", content_type_field="base_content_type", object_id_field="object_id",
        related_query_name="book_draft", for_concrete_model=False,
    )  # fmt: skip

    class Meta:
        verbose_name = _("book of rules")
        verbose_name_plural = _("books of rules")
        ordering = ("file",)

    def __str__(self) -> str:
        return self.title()

    @admin.display(description=_("title"))
    def title(self) -> str:
        """As people know it."""
        found = TITLE.search(self.text)
        title = said(found[1]) if found else str(self.file)
        edition = KEPT.fullmatch(self.file)
        if edition is None:
            return title
        return gettext("%(title)s (edition %(number)s)") % {"title": title, "number": edition["number"]}

    def clean_fields(self, exclude: Any = None) -> None:
        """The file was checked when the book was made; the platform itself keeps older editions as `refund-1.toml`."""
        super().clean_fields({*(exclude or ()), *(["file"] if self.pk else [])})

    def clean(self) -> None:
        """Browsers send other line ends; a book's hash must not depend on where it was written."""
        super().clean()
        self.text = "\n".join(self.text.split("\r\n")).rstrip("\n") + "\n"
        self.expire_at = None

    def unpublish(self, *_args: Any, **_options: Any) -> None:
        """Raises PermissionDenied: a book is taken back by what it says, or by its file."""
        raise PermissionDenied(
            _("A book of rules is not unpublished. Publish it with other rules, or freeze its process.")
        )

    @property
    def revisions(self) -> Any:
        return self._revisions

    @property
    def scheduled_revision(self) -> Revision | None:
        """What is to be published later; a list of books has asked for all of them at once."""
        planned: list[Revision] | None = getattr(self, "planned", None)
        return super().scheduled_revision if planned is None else next(iter(planned), None)

    @property
    def status_string(self) -> str:
        """What holds now, and from when something else does."""
        if self.scheduled_revision is None:
            return str(super().status_string)
        words = gettext("live, another from %(day)s") if self.live else gettext("from %(day)s")
        return words % {"day": date_format(localtime(self.scheduled_revision.approved_go_live_at), "MONTH_DAY_FORMAT")}

    @property
    def planned_for(self) -> str:
        """When what is planned is published, in words; nothing where nothing is."""
        planned = self.scheduled_revision
        return moment(planned.approved_go_live_at) if planned else ""

    @staticmethod
    def with_status(drafts: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """With what Wagtail says of each in a list, for two queries in all; it asks two for each of its own."""
        planned = Revision.objects.filter(approved_go_live_at__isnull=False)
        return drafts.prefetch_related(
            models.Prefetch("_revisions", planned, to_attr="planned"),
            models.Prefetch("workflow_states", WorkflowState.objects.active(), to_attr="_current_workflow_states"),
        )

    def save_revision(self, *args: Any, **options: Any) -> Revision:
        """What reviewers were asked to approve is what they approve: after a change they are asked anew."""
        from gradus.rulebook.books.moderation import ask_again, locked, waiting_for

        with transaction.atomic():
            if self.pk:
                locked(self.pk)
            asked = waiting_for(self) if self.pk else None
            revision: Revision = super().save_revision(*args, **options)
            if asked:
                ask_again(*asked, revision)
        return revision

    def publish(self, revision: Revision, user: Any = None, **options: Any) -> Any:
        """Put it in force, or plan to; the gate stands here because every way to publish leads through here.

        Raises DraftRefused, and nothing was changed.
        """
        from gradus.rulebook.books.publishing import publish_draft

        return publish_draft(self, revision, user, partial(super().publish, revision, user=user, **options))
