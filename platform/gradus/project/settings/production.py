"""Settings for a server people rely on: refuses to start half-configured."""

from django.core.exceptions import ImproperlyConfigured

from gradus.project.settings.base import *  # noqa: F403
from gradus.project.settings.base import DEFAULT_SECRET_KEY, SECRET_KEY

if SECRET_KEY == DEFAULT_SECRET_KEY:
    raise ImproperlyConfigured("GRADUS_SECRET_KEY is not set: make one of at least 50 random characters.")
