"""The design system's tags: {% load gradus %}. docs/design-system.md shows each with an example."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django import template
from django.core.paginator import Page
from django.http import HttpRequest
from django.template import Context, Engine, TemplateDoesNotExist
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from gradus.core import formats, markup, navigation
from gradus.core.reasons import About
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


register.simple_tag(markup.icon)
register.simple_tag(markup.badge, name="state_badge")
register.simple_tag(markup.when)


@register.simple_tag
def tone_icon(tone: str) -> SafeString:
    return markup.icon(TONE_ICONS.get(tone, TONE_ICONS["neutral"]))


@register.simple_tag(takes_context=True)
def slot(context: Context, name: str) -> str:
    """Include a template another app may have put there; nothing when there is none."""
    try:
        found = Engine.get_default().get_template(name)
    except TemplateDoesNotExist:
        return ""
    return found.render(context)


@register.simple_tag(takes_context=True)
def why(context: Context, what: Any, thing: Any = None) -> str:
    """The way from a refusal to its explanation, for whoever may read that.

    `{% why offer item %}`, `{% why error.about %}`; `{% why "enrol" %}` of what does not exist yet.
    """
    request = context.get("request")
    if request is None or not what:
        return ""
    if not isinstance(what, About):
        label = getattr(what, "label", "") or getattr(what, "title", "")
        what = About(thing, what if isinstance(what, str) else getattr(what, "name", ""), label)
    return markup.why(getattr(request, "user", None), what)


@register.simple_tag(takes_context=True)
def menu(context: Context, place: navigation.Place) -> list[navigation.Link]:
    request = context.get("request")
    return navigation.links(request, place) if request is not None else []


@register.simple_tag(takes_context=True)
def sign_in_url(context: Context) -> str:
    request = context.get("request")
    return navigation.sign_in_url(request) if request is not None else ""


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


@register.filter
def money(minor: int | None, currency: str = "EUR") -> str:
    return "" if minor is None else formats.money(int(minor), currency)


@register.filter
def complaints(errors: Mapping[str, Sequence[object]]) -> int:
    """How many lines a form's errors are, over all its fields."""
    return sum(map(len, errors.values()))


@register.filter
def duration(seconds: float | None) -> str:
    return "" if seconds is None else formats.duration(float(seconds))


@register.filter
def lasting(since: datetime) -> str:
    """“for 3 days”, as the language counts."""
    return formats.lasting(since)


@register.filter
def ago(at: datetime) -> str:
    """“3 days ago”, as the language counts."""
    return formats.relative(at)


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
