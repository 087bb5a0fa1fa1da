"""`{% bell %}` draws the bell; `{% live object %}` and `{% live_list model %}` make an element follow what changes."""

from typing import Any

from django import template
from django.db import models
from django.utils.html import format_html
from django.utils.safestring import SafeString

from gradus.core import schedules
from gradus.flow.models import Stateful
from gradus.flow.workbench import Workbench
from gradus.notify import live as updates
from gradus.notify import news, saying, selectors

register = template.Library()
register.filter("task_name", schedules.called)


@register.inclusion_tag("notify/bell_button.html", takes_context=True)
def bell(context: template.Context) -> dict[str, Any]:
    """The bell with its number; nothing for guests and where there is no request (an error page)."""
    user = getattr(context.get("request"), "user", None)
    if user is None or not user.is_authenticated:
        return {"user": None}
    return {"user": user, "unread": selectors.unread_count(user)}


@register.simple_tag(takes_context=True)
def live(context: template.Context, obj: models.Model) -> SafeString:
    """The attributes of an element that shows `obj`, for a page that has checked that the reader may view it.

    The element brings `hx-get` (where its fresh version is) and `hx-trigger="live"` itself.
    """
    user = context["request"].user
    if not user.is_authenticated:
        return SafeString("")
    kind = obj._meta.label_lower
    return format_html(
        'data-live="{}:{}" data-live-version="{}" data-live-token="{}"',
        kind,
        obj.pk,
        getattr(obj, "version", -1),
        updates.token(user.pk, kind, obj.pk),
    )


@register.simple_tag(takes_context=True)
def live_list(context: template.Context, model: type[Stateful], version: int) -> SafeString:
    """The same for an element that follows everything of a model; `version` is the latest record it knows."""
    kind = model._meta.label_lower
    return format_html(
        'data-live="{}:{}" data-live-version="{}" data-live-token="{}"',
        kind,
        updates.ANY,
        version,
        updates.token(context["request"].user.pk, kind, updates.ANY),
    )


@register.inclusion_tag("notify/queue_news.html", takes_context=True)
def queue_news(context: template.Context, bench: Workbench) -> dict[str, Any]:
    """Where a queue says what came since it was opened; empty until then."""
    latest = news.latest_record()
    return {"request": context["request"], "bench": bench, "since": latest, "version": latest, "news": None}


@register.simple_tag(takes_context=True)
def said_subject(context: template.Context) -> str:
    """In a notification's templates: the title its book gives it."""
    told = _told(context)
    return saying.subject(told.get("subject", ""), told["object"], told)


@register.simple_tag(takes_context=True)
def said_text(context: template.Context) -> str:
    """In a notification's templates: what its book says."""
    told = _told(context)
    return saying.text(told.get("text", ""), told["object"], told)


def _told(context: template.Context) -> dict[str, Any]:
    return {str(name): value for name, value in context.flatten().items()}
