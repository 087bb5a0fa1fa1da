"""Players of other sites, by address alone: no request is made to know how to show them."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Settings of the Content-Security-Policy have to allow these as frames.
FRAME_HOSTS = ("https://www.youtube-nocookie.com", "https://player.vimeo.com")
PLAYERS = (
    (re.compile(r"^https?://(?:www\.|m\.)?youtube\.com/watch\?(?:.*&)?v=([\w-]{11})"), f"{FRAME_HOSTS[0]}/embed/{{}}"),
    (re.compile(r"^https?://youtu\.be/([\w-]{11})"), f"{FRAME_HOSTS[0]}/embed/{{}}"),
    (re.compile(r"^https?://(?:www\.)?vimeo\.com/(\d+)"), f"{FRAME_HOSTS[1]}/video/{{}}"),
)


def player_url(url: str) -> str | None:
    """The address of the player for a video's page; None when we do not know the site."""
    for pattern, address in PLAYERS:
        if match := pattern.match(url):
            return address.format(match[1])
    return None


def validate_embed(url: str) -> None:
    if player_url(url) is None:
        raise ValidationError(_("Use the address of a YouTube or Vimeo video; for anything else put a link in a text."))
