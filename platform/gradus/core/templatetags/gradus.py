"""The design system's tags: {% load gradus %}. docs/design-system.md shows each with an example."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import template
from django.core.paginator import Page
from django.http import HttpRequest
from django.template import Context, Engine, TemplateDoesNotExist
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from heroicons.templatetags import heroicons

from gradus.core import formats, navigation
from gradus.core.stairs import stair

register = template.Library()

TONE_ICONS = {
    "info": "information-circle",
    "success": "check-circle",
    "warning": "exclamation-triangle",
    "error": "x-circle",
    "danger": "x-circle",
    "neutral": "information-circle",
}


@register.simple_tag
def icon(name: str, css: str = "", label: str = "") -> SafeString:
    """A heroicon by name; decorative unless it has a label."""
    named: dict[str, str] = {"role": "img", "aria-label": label} if label else {"aria-hidden": "true"}
    attrs = {"class": f"g-icon {css}".strip(), **named}
    return mark_safe(heroicons.heroicon_outline(name, size=None, **attrs))  # noqa: S308


@register.simple_tag
def tone_icon(tone: str) -> SafeString:
    return icon(TONE_ICONS.get(tone, TONE_ICONS["neutral"]))


@register.simple_tag(takes_context=True)
def slot(context: Context, name: str) -> str:
    """Include a template another app may have put there; nothing when there is none."""
    try:
        found = Engine.get_default().get_template(name)
    except TemplateDoesNotExist:
        return ""
    return found.render(context)


@register.simple_tag(takes_context=True)
def menu(context: Context, place: navigation.Place) -> list[navigation.Link]:
    request = context.get("request")
    return navigation.links(request, place) if request is not None else []


@register.inclusion_tag("gradus/components/state_badge.html")
def state_badge(label: str, tone: str = "neutral", step: int = 0, of: int = 0) -> dict[str, Any]:
    """What state something is in; with `step` and `of` also how far along that is."""
    bars = stair(step, min(of, 5), width=23, height=16) if of else []
    return {"label": label, "tone": tone, "bars": bars}


@register.inclusion_tag("gradus/components/meter.html")
def step_meter(done: int, total: int, label: str = "", size: str = "") -> dict[str, Any]:
    """Progress as a stair: `{% step_meter 7 12 %}`."""
    percent = round(100 * done / total) if total else 0
    bars = stair(done, total, width=240, height=36, gap=2)
    return {"done": done, "total": total, "label": label, "size": size, "percent": percent, "bars": bars}


@register.inclusion_tag("gradus/components/steps.html")
def step_progress(steps: Iterable[Any], label: str = "") -> dict[str, Any]:
    """Where a process stands. Each step has `label`, `state` (done, now, ahead) and perhaps a `note`."""
    return {"steps": list(steps), "label": label or _("Progress")}


@register.inclusion_tag("gradus/components/pager.html", takes_context=True)
def pagination(context: Context, page: Page[Any], parameter: str = "page") -> dict[str, Any]:
    """Page links that keep the rest of the query string."""
    query = context["request"].GET.copy()
    query.pop(parameter, None)
    prefix = f"?{query.urlencode()}&{parameter}=" if query else f"?{parameter}="
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {"page": page, "numbers": numbers, "prefix": prefix, "gap": page.paginator.ELLIPSIS}


@register.inclusion_tag("gradus/components/avatar.html")
def avatar(person: object, size: str = "") -> dict[str, Any]:
    return {"initials": formats.initials(person), "size": size, "image": getattr(person, "picture_url", "")}


@register.inclusion_tag("gradus/components/cover.html")
def cover(number: int) -> dict[str, Any]:
    """A drawn cover for a thing without a picture; the number (its id) chooses among four."""
    return {"variant": number % 4 + 1}


@register.simple_tag
def when(moment: datetime | date | None, style: str = "relative") -> str:
    """A <time> in the viewer's zone. Styles: relative (a date after a week), date, full."""
    if moment is None:
        return ""
    if not isinstance(moment, datetime):
        return format_html('<time datetime="{}">{}</time>', moment.isoformat(), date_format(moment, "DATE_FORMAT"))
    local = timezone.localtime(moment)
    full = f"{date_format(local, 'DATETIME_FORMAT')} {local.tzname()}"
    words = {"full": full, "date": date_format(local, "DATE_FORMAT")}.get(style) or _relative(local)
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), full, words)


def _relative(local: datetime) -> str:
    passed = timezone.now() - local
    days = passed.total_seconds() / 86400
    if abs(days) >= 7:
        return date_format(local, "DATE_FORMAT")
    if abs(days) < 60 / 86400:
        return _("just now")
    if days > 0:
        return _("%(time)s ago") % {"time": timesince(local, depth=1)}
    return _("in %(time)s") % {"time": timesince(timezone.now(), local, depth=1)}


@register.filter
def money(minor: int | None, currency: str = "EUR") -> str:
    return "" if minor is None else formats.money(int(minor), currency)


@register.filter
def duration(seconds: float | None) -> str:
    return "" if seconds is None else formats.duration(float(seconds))


@register.filter
def initials(name: object) -> str:
    return formats.initials(name)


@register.simple_block_tag(takes_context=True)
def callout(context: Context, content: str, tone: str = "info", title: str = "") -> str:
    """{% callout "warning" title=_("Closed") %}…{% endcallout %}: stays on the page and says why."""
    return _component(context, "callout", content=content, tone=tone, title=title)


@register.simple_block_tag(takes_context=True)
def empty(context: Context, content: str, title: str) -> str:
    """{% empty _("No requests yet") %}What will be here, and a button.{% endempty %}"""
    return _component(context, "empty", content=content, title=title)


@register.simple_block_tag(takes_context=True)
def timeline_item(context: Context, content: str, title: str, at: datetime | None = None, **more: Any) -> str:
    """One step taken, inside <ol class="g-timeline">. More: by (who), tone, note."""
    return _component(context, "timeline_item", content=content, title=title, at=at, **more)


def _component(context: Context, name: str, **values: Any) -> str:
    found = Engine.get_default().get_template(f"gradus/components/{name}.html")
    return found.render(context.new(values))


@register.filter
def page_url(request: HttpRequest | None) -> str:
    """The address of this page without its query: what canonical and og:url name."""
    return request.build_absolute_uri(request.path) if request is not None else ""
