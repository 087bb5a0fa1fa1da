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


@register.simple_tag(takes_context=True)
def newest_courses(context: template.Context, number: int = 3) -> list[CoursePage]:
    courses = CoursePage.objects.visible_to(context["request"].user).with_sizes().with_cards()
    return list(courses.order_by("-first_published_at", "path")[:number])
