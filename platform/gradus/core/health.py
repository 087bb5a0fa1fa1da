"""Two addresses for machines: the process lives; the process can do its work."""

import logging
import uuid
from collections.abc import Callable

from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gradus.core.backup import unfinished

log = logging.getLogger(__name__)


@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """200 when everything needed answers, else 503; says which part failed, and never why."""
    checks = {name: _passes(name, check) for name, check in CHECKS.items()}
    well = all(checks.values())
    words = {name: "ok" if passed else "failed" for name, passed in checks.items()}
    return JsonResponse({"status": "ok" if well else "failed", "checks": words}, status=200 if well else 503)


def _passes(name: str, check: Callable[[], bool]) -> bool:
    try:
        return check()
    except Exception:
        log.exception("readiness: %s failed", name)
        return False


def database_answers() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone() == (1,))


class MigrationsApplied:
    """Reading the migration graph takes a while and a yes stays a yes, so it is kept."""

    def __init__(self) -> None:
        self.known = False

    def __call__(self) -> bool:
        if not self.known:
            executor = MigrationExecutor(connection)
            self.known = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        return self.known


def cache_keeps() -> bool:
    token = uuid.uuid4().hex
    cache.set(f"ready:{token}", token, timeout=5)
    return bool(cache.get(f"ready:{token}") == token)


def no_restore_is_unfinished() -> bool:
    return not unfinished.which()


CHECKS: dict[str, Callable[[], bool]] = {
    "database": database_answers,
    "migrations": MigrationsApplied(),
    "cache": cache_keeps,
    "restore": no_restore_is_unfinished,
}
