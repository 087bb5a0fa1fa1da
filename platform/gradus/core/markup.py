"""The pieces of HTML that lists write by the hundred: icons, badges, moments.

A template for each of them would cost more than everything around it.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from heroicons.templatetags import heroicons

from gradus.core import formats
from gradus.core.reasons import About, explanation
from gradus.core.stairs import stair

WIDTH, HEIGHT = 23, 16


@lru_cache(maxsize=1024)
def icon(name: str, css: str = "", label: str = "") -> SafeString:
    """A heroicon by name; decorative unless it has a label."""
    named: dict[str, str] = {"role": "img", "aria-label": label} if label else {"aria-hidden": "true"}
    attrs = {"class": f"g-icon {css}".strip(), **named}
    return mark_safe(heroicons.heroicon_outline(name, size=None, **attrs))  # noqa: S308


def badge(label: str | Promise, tone: str = "neutral", step: int = 0, of: int = 0) -> SafeString:
    """What state something is in; with `step` and `of` also how far along that is."""
    return format_html('<span class="g-badge g-badge--{}">{}{}</span>', tone, _stair(step, min(of, 5)), label)


def _stair(step: int, of: int) -> str:
    if not of:
        return ""
    bars = format_html_join(
        "",
        '<rect x="{}" y="{}" width="{}" height="{}"{}/>',
        (
            (bar.x, bar.y, bar.width, bar.height, "" if bar.part == "done" else mark_safe(' class="is-ahead"'))
            for bar in stair(step, of, width=WIDTH, height=HEIGHT)
        ),
    )
    box = f"0 0 {WIDTH} {HEIGHT}"
    return format_html('<svg class="g-badge__stair" viewBox="{}" aria-hidden="true">{}</svg>', box, bars)


def why(reader: Any, about: About | None) -> SafeString:
    """The way from a refusal to its explanation; nothing for whoever may not read it."""
    if about is None or not (address := explanation(reader, about)):
        return SafeString()
    link = ' <a class="g-small" href="{}">{}<span class="g-sr"> {}</span></a>'
    return format_html(link, address, _("Why?"), about.label)


def refusal(reader: Any, said: Iterable[str], about: About | None) -> SafeString:
    """A refusal in one line, with the way to its explanation."""
    return format_html("{}{}", " ".join(map(str, said)), why(reader, about))


def when(moment: datetime | date | None, style: str = "relative") -> str:
    """A <time> in the viewer's zone. Styles: relative (a date after a week), since (for how long), date, full."""
    if moment is None:
        return ""
    if not isinstance(moment, datetime):
        return format_html('<time datetime="{}">{}</time>', moment.isoformat(), date_format(moment, "DATE_FORMAT"))
    local = timezone.localtime(moment)
    full = formats.moment(local)
    words = full if style == "full" else STYLES[style](local)
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), full, words)


def _date(local: datetime) -> str:
    return date_format(local, "DATE_FORMAT")


STYLES: dict[str, Callable[[datetime], str]] = {"relative": formats.relative, "since": formats.lasting, "date": _date}
