"""The default: one box, SQLite, no services, demo conveniences."""

from gradus.project import environment as env
from gradus.project.settings.base import *  # noqa: F403

DEMO = True
DEBUG = env.flag("GRADUS_DEBUG", default=False, help="whether error pages show code; refused in production.")
WHITENOISE_USE_FINDERS = True  # static files come from their apps; nothing is collected
