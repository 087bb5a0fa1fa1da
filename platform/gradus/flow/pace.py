"""How fast somebody may move things on a surface, so that nobody is flooded with refusals or with mail."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from gradus import policy
from gradus.accounts.roles import Role, actor_for
from gradus.core import ratelimit
from gradus.flow.errors import Limited
from gradus.flow.models import Stateful

MOVES, MINUTE = 600, 60
TOLD, HOUR = 20, 60 * 60


def keep(who: Any) -> None:
    """Raises Limited for whoever moves faster than people do."""
    _check(f"moves:{who.pk}", MOVES, MINUTE)


def spare_others(who: Any, obj: Stateful, name: str) -> None:
    """Raises Limited for a student whose moves have told somebody too often within the hour."""
    rule = policy.active().book(obj._meta.label, obj.process).transitions.get(name)
    if rule is not None and rule.then and actor_for(who).role is Role.STUDENT:
        _check(f"telling:{who.pk}", TOLD, HOUR)


def _check(key: str, limit: int, seconds: int) -> None:
    verdict = ratelimit.check(key, limit, seconds)
    if not verdict.allowed:
        again = timezone.now() + timedelta(seconds=verdict.retry_after)
        raise Limited([_("That was too often. Please wait before you try again.")], again=again)
