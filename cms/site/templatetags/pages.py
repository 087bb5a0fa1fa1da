"""What the head of a page says about it."""

import json
from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from cms.site import guests

register = template.Library()
ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


@register.simple_tag
def json_ld(data: dict[str, Any] | None) -> SafeString:
    """A data block, which no Content-Security-Policy takes for a script; `<`, `>` and `&` are escaped."""
    if not data:
        return SafeString("")
    text = json.dumps({"@context": "https://schema.org", **data}, ensure_ascii=False).translate(ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308  (escaped just above)


@register.simple_tag
def written_in() -> SafeString:
    """`<h1{% written_in %}>`: what editors write stays in their language, whatever language the page around it has."""
    code = settings.WAGTAIL_CONTENT_LANGUAGES[0][0]
    return SafeString("") if get_language() == code else format_html(' lang="{}"', code)


@register.simple_tag(takes_context=True)
def absolute(context: template.Context, url: str) -> str:
    """The full address of something on this site; addresses that are full already stay."""
    request: HttpRequest | None = context.get("request")
    return request.build_absolute_uri(url) if request is not None else url


@register.simple_tag(takes_context=True)
def edition(context: template.Context) -> dict[str, Any]:
    """For `{% cache edition.seconds name edition.key %}` around what all readers share who may see the same pages."""
    request = context["request"]
    keeping = settings.GUEST_PAGE_SECONDS and not getattr(request, "is_preview", False)
    return {"seconds": settings.GUEST_PAGE_SECONDS, "key": guests.edition_for(request)} if keeping else {"seconds": 0}
