"""The blocks every page can use."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageBlock

RICH_TEXT = ["h2", "h3", "bold", "italic", "link", "document-link", "ol", "ul", "hr", "blockquote", "code"]


class FigureBlock(blocks.StructBlock):
    image = ImageBlock(label=_("Image"), help_text=_("Say what the image shows, or mark it as decoration."))
    caption = blocks.CharBlock(required=False, label=_("Caption"))

    class Meta:
        icon = "image"
        label = _("Image")
        template = "site/blocks/figure.html"


class CalloutBlock(blocks.StructBlock):
    tone = blocks.ChoiceBlock(
        choices=[("note", _("Note")), ("tip", _("Tip")), ("warning", _("Warning")), ("exercise", _("Exercise"))],
        default="note",
        label=_("Kind"),
    )
    title = blocks.CharBlock(required=False, label=_("Title"))
    text = blocks.RichTextBlock(features=["bold", "italic", "link", "ol", "ul", "code"], label=_("Text"))

    class Meta:
        icon = "info-circle"
        label = _("Call-out")
        template = "site/blocks/callout.html"


class CodeBlock(blocks.StructBlock):
    language = blocks.CharBlock(required=False, max_length=30, label=_("Language"))
    code = blocks.TextBlock(rows=8, label=_("Code"))

    class Meta:
        icon = "code"
        label = _("Code")
        template = "site/blocks/code.html"


class TextBlock(blocks.RichTextBlock):
    class Meta:
        icon = "pilcrow"
        label = _("Text")
        template = "site/blocks/text.html"


class BodyBlock(blocks.StreamBlock):
    """What any page's body may hold; lessons add their own to it."""

    text = TextBlock(features=RICH_TEXT)
    image = FigureBlock()
    callout = CalloutBlock()
    code = CodeBlock()
