"""Videos and files of lessons: private, reusable in several lessons, edited as snippets."""

from pathlib import PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.images import get_image_model_string
from wagtail.search import index

from cms.catalog import media
from cms.catalog.storage import captions_path, file_path, video_path
from gradus.core.storage import private_storage
from gradus.core.videos import mp4_seconds

SECONDS_TOLERANCE = 2


class Video(index.Indexed, models.Model):  # type: ignore[django-manager-missing]  # Wagtail's managers have no types
    """A lesson's video. What counts as watched is measured against `seconds`, so it has to be true."""

    title = models.CharField(_("title"), max_length=200)
    file = models.FileField(
        _("video file"),
        storage=private_storage,
        upload_to=video_path,
        validators=[media.validate_video],
        help_text=_("MP4 (H.264) or WebM. It is kept private: only who may open the lesson can watch it."),
    )
    seconds = models.PositiveIntegerField(
        _("length in seconds"),
        validators=[MinValueValidator(1)],
        help_text=_("Progress is measured against it."),
    )
    captions = models.FileField(
        _("captions"),
        storage=private_storage,
        upload_to=captions_path,
        validators=[media.validate_captions],
        blank=True,
        help_text=_("A WebVTT file (.vtt). Needed by everybody who cannot hear the video, or is on a train."),
    )
    captions_language = models.CharField(_("language of the captions"), max_length=12, default="en")
    transcript = models.TextField(
        _("transcript"),
        blank=True,
        help_text=_("All that is said and shown; an empty line starts a paragraph."),
    )
    poster = models.ForeignKey(
        get_image_model_string(),
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("still image"),
        help_text=_("Shown before the video starts. It is public."),
    )
    created_at = models.DateTimeField(_("added"), auto_now_add=True)

    search_fields = [
        index.SearchField("title", boost=5),
        index.AutocompleteField("title"),
        index.SearchField("transcript"),
    ]

    class Meta:
        verbose_name = _("video")
        verbose_name_plural = _("videos")
        ordering = ["title"]
        constraints = [models.CheckConstraint(condition=models.Q(seconds__gt=0), name="video_has_a_length")]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        super().clean()
        stated = self._stated_seconds()
        if stated and self.seconds and abs(stated - self.seconds) > SECONDS_TOLERANCE:
            raise ValidationError(
                {"seconds": _("The file says it is %(seconds)s seconds long.") % {"seconds": round(stated)}}
            )

    def _stated_seconds(self) -> float | None:
        if not self.file or self.content_type != "video/mp4":
            return None
        if not media.is_stored(self.file):
            return mp4_seconds(self.file.file)
        try:
            with self.file.storage.open(str(self.file.name)) as stored:
                return mp4_seconds(stored)
        except OSError:
            return None

    @property
    def content_type(self) -> str:
        return media.VIDEO_TYPES.get(PurePath(self.file.name or "").suffix.lstrip("."), "application/octet-stream")

    @property
    def minutes(self) -> int:
        return max(1, round(self.seconds / 60))


class LessonFile(index.Indexed, models.Model):
    """A worksheet, template or data set handed out in a lesson: as private as the lesson is."""

    title = models.CharField(_("title"), max_length=200)
    file = models.FileField(
        _("file"),
        storage=private_storage,
        upload_to=file_path,
        validators=[media.validate_file],
        help_text=_("It is kept private: only who may open the lesson can download it."),
    )
    filename = models.CharField(_("file name"), max_length=200, editable=False)
    size = models.PositiveBigIntegerField(_("size in bytes"), default=0, editable=False)
    created_at = models.DateTimeField(_("added"), auto_now_add=True)

    search_fields = [index.SearchField("title"), index.AutocompleteField("title")]

    class Meta:
        verbose_name = _("lesson file")
        verbose_name_plural = _("lesson files")
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the uploaded file's own name and size: what is stored is called by a random name."""
        if self.file and not media.is_stored(self.file):
            self.filename, self.size = PurePath(self.file.name or "").name[:200], self.file.size
        super().save(*args, **kwargs)
