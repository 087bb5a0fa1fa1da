"""Versions of the rules: texts that never change, and which of them are in force since when and by whom.

A version holds the books that differ from their files; every other book is its file. Version 0 is the files alone.
"""

import hashlib
import json
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class BookText(models.Model):
    """A text that was published once, under its hash: what decisions name as their `book_version`."""

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
