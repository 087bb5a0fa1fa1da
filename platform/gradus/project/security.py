"""What browsers may load on our pages, and where from."""

from typing import Any

from csp.constants import NONCE, NONE, SELF, UNSAFE_INLINE

CLOSED_FEATURES = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "browsing-topics",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
        "xr-spatial-tracking",
    )
)


def site_policy(embeds: list[str]) -> dict[str, Any]:
    """Strict: our own files and what carries this response's nonce; `embeds` are the players lessons may show."""
    return {
        "DIRECTIVES": {
            "default-src": [SELF],
            "script-src": [SELF, NONCE],
            "style-src": [SELF, NONCE],
            "img-src": [SELF, "data:"],
            "frame-src": [SELF, *embeds],
            "object-src": [NONE],
            "base-uri": [NONE],
            "form-action": [SELF],
            "frame-ancestors": [NONE],
        }
    }


def back_office_policy(embeds: list[str]) -> dict[str, Any]:
    """Wagtail's editor needs inline scripts and styles, and shows previews in frames of the same origin."""
    return {
        "DIRECTIVES": {
            **site_policy(embeds)["DIRECTIVES"],
            "script-src": [SELF, UNSAFE_INLINE],
            "style-src": [SELF, UNSAFE_INLINE],
            "img-src": [SELF, "data:", "blob:"],
            "media-src": [SELF, "blob:"],
            "frame-ancestors": [SELF],
        }
    }
