"""What a lesson holds beyond what every page may hold."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.stream_block import StreamBlockValidationError
from wagtail.snippets.blocks import SnippetChooserBlock

from cms.catalog.embeds import validate_embed
from cms.site.blocks import BodyBlock

NOTHING_YET = _("This lesson is empty. Add a text, a video or a file to publish it; a draft may stay empty.")


class VideoBlock(blocks.StructBlock):
    video = SnippetChooserBlock("catalog.Video", label=_("Video"))
    caption = blocks.CharBlock(required=False, label=_("Line under the video"))

    class Meta:
        icon = "media"
        label = _("Video")
        template = "catalog/blocks/video.html"


class FileBlock(blocks.StructBlock):
    file = SnippetChooserBlock("catalog.LessonFile", label=_("File"))
    description = blocks.CharBlock(required=False, label=_("What it is for"))

    class Meta:
        icon = "download"
        label = _("File")
        template = "catalog/blocks/file.html"


class EmbedBlock(blocks.StructBlock):
    url = blocks.URLBlock(
        label=_("Address"),
        validators=[validate_embed],
        help_text=_("A YouTube or Vimeo page. Nothing is loaded from there until the reader asks for it."),
    )
    title = blocks.CharBlock(label=_("Title"), help_text=_("What the reader will see there."))

    class Meta:
        icon = "link-external"
        label = _("Embed")
        template = "catalog/blocks/embed.html"


class LessonBody(BodyBlock):
    video = VideoBlock()
    file = FileBlock()
    embed = EmbedBlock()

    def clean(self, value: Any) -> Any:
        """Asked of drafts as well, which may stay empty."""
        if not self.is_deferred_validation and not value:
            raise StreamBlockValidationError(non_block_errors=[ValidationError(NOTHING_YET)])
        return super().clean(value)
