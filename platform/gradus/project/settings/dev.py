"""The default: one box, SQLite, no services, demo conveniences."""

from gradus.project import environment as env
from gradus.project.settings.base import *  # noqa: F403

DEBUG = env.flag("GRADUS_DEBUG", default=True, help="whether error pages show code; refused in production.")
