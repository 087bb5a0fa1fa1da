"""Words and links the catalogue's templates need."""

from django import template
from django.urls import NoReverseMatch, reverse

from cms.catalog.embeds import player_url
from cms.catalog.models import CoursePage

register = template.Library()
register.filter("player_url", player_url)


@register.simple_tag
def private_url(route: str, *args: object) -> str:
    """The address of a private file; empty where no app serves them."""
    try:
        return reverse(route, args=args)
    except NoReverseMatch:
        return ""


@register.simple_tag
def newest_courses(number: int = 3) -> list[CoursePage]:
    return list(CoursePage.objects.live().with_sizes().with_cards().order_by("-first_published_at", "path")[:number])
