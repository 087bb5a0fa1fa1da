"""Settings for a server people rely on: refuses to start half-configured."""

from django.core.exceptions import ImproperlyConfigured

from gradus.core.logs import logging_settings
from gradus.project import environment as env
from gradus.project.databases import MAIL_SCHEMES, mail
from gradus.project.settings.base import *  # noqa: F403
from gradus.project.settings.base import (
    ALLAUTH_TRUSTED_PROXY_COUNT,
    BASE_URL,
    DEFAULT_SECRET_KEY,
    PAYMENTS_MODE,
    SECRET_KEY,
)

if SECRET_KEY == DEFAULT_SECRET_KEY:
    raise ImproperlyConfigured("GRADUS_SECRET_KEY is not set: make one of at least 50 random characters.")
if env.flag(
    "GRADUS_DEBUG", default=False, help="whether error pages show code; development only, refused in production."
):
    raise ImproperlyConfigured("GRADUS_DEBUG is on: error pages would show settings and code to everybody.")
if PAYMENTS_MODE == "demo":
    raise ImproperlyConfigured("PAYMENTS_MODE=demo gives everything away: set it to stripe, or to off.")
if not BASE_URL.startswith("https://"):
    raise ImproperlyConfigured(f"GRADUS_URL={BASE_URL!r}: a site people sign in to needs an https:// address.")

DEBUG = False
STAFF_SECOND_FACTOR = env.flag(
    "GRADUS_STAFF_SECOND_FACTOR",
    default=True,
    help="whether staff must set up a second factor before they reach anything.",
)
vars().update(
    mail(
        env.url(
            "EMAIL_URL",
            "smtp://localhost:25",
            "where mail goes: smtp+tls://user:password@host:587.",
            schemes=MAIL_SCHEMES,
        )
    )
)
LOGGING = logging_settings(
    style=env.choice("GRADUS_LOG_FORMAT", "json", ["text", "json"], "how log lines look."),
    level=env.choice("GRADUS_LOG_LEVEL", "INFO", ["DEBUG", "INFO", "WARNING", "ERROR"], "the least level logged."),
)

# Names carry a hash of the content, so that browsers keep them for ever: `gradus collectstatic` before each start.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
if ALLAUTH_TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
