"""The demo academy, loaded once for the tests of a module; what each of them changes is taken back after it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from django.core.cache import cache
from django.db import transaction
from django.test import override_settings
from wagtail.models import Site

Loaded = TypeVar("Loaded")


@contextmanager
def loaded(load: Callable[[], Loaded], blocker: Any, private: Path) -> Iterator[Loaded]:
    """What `load` gives, for tests inside this transaction."""
    with blocker.unblock(), override_settings(PRIVATE_ROOT=private), transaction.atomic():
        cache.clear()  # Wagtail keeps site roots there, and the cache outlives the transaction
        Site.clear_site_root_paths_cache()
        yield load()
        transaction.set_rollback(True)
    cache.clear()
