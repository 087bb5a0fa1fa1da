"""Settings of the test run: fast hashes, mail in memory, the database that is asked for."""

import os
from pathlib import Path
from tempfile import gettempdir

from gradus.project import environment as env
from gradus.project.databases import database
from gradus.project.settings.base import *  # noqa: F403
from gradus.project.settings.base import INSTALLED_APPS as SHIPPED_APPS
from gradus.project.settings.base import WAGTAILSEARCH_BACKENDS as SEARCH

SECRET_KEY = "only-for-tests"  # noqa: S105
VAR_DIR = Path(gettempdir()) / "gradus-tests"
STATIC_ROOT, MEDIA_ROOT, PRIVATE_ROOT = VAR_DIR / "static", VAR_DIR / "media", VAR_DIR / "private"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True  # static files come from their apps; nothing is collected
DATABASES = {
    "default": database(env.text("GRADUS_TEST_DATABASE_URL", "sqlite://:memory:", "the database tests run on."))
}
if DATABASES["default"]["NAME"] == ":memory:":
    # A file: in memory the threads of a live server share one connection, and run into each other's transactions.
    VAR_DIR.mkdir(parents=True, exist_ok=True)
    DATABASES["default"]["NAME"] = str(VAR_DIR / f"test-{os.getpid()}.sqlite3")
    DATABASES["default"]["TEST"] = {"NAME": DATABASES["default"]["NAME"]}
# Models that exist only for tests.
INSTALLED_APPS = [*SHIPPED_APPS, *(f"tests.platform.{name}" for name in ("policy.zoo", "flow.mill", "flow.bookshelf"))]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
TEST_REDIS_URL = env.text("GRADUS_TEST_REDIS_URL", "redis://127.0.0.1:6379/0", "the Redis that tests use.")
SITE_SECONDS = 0  # and each has sites of its own
GUEST_PAGE_SECONDS = 0  # tests look at pages, not at copies
# Words are indexed for the tests that search (`search_index`): a tenth of the time of all others.
WAGTAILSEARCH_BACKENDS = {"default": {**SEARCH["default"], "AUTO_UPDATE": False}}
