"""What the head of a page says about it."""

import json
from typing import Any

from django import template
from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


@register.simple_tag
def json_ld(data: dict[str, Any] | None) -> SafeString:
    """A data block, which no Content-Security-Policy takes for a script; `<`, `>` and `&` are escaped."""
    if not data:
        return SafeString("")
    text = json.dumps({"@context": "https://schema.org", **data}, ensure_ascii=False).translate(ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308  (escaped just above)


@register.simple_tag(takes_context=True)
def absolute(context: template.Context, url: str) -> str:
    """The full address of something on this site; addresses that are full already stay."""
    request: HttpRequest | None = context.get("request")
    return request.build_absolute_uri(url) if request is not None else url
