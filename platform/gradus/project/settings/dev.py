"""The default: one box, SQLite, no services, demo conveniences."""

from gradus.project.settings.base import *  # noqa: F403

DEBUG = True
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
