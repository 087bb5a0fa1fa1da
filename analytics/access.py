"""Who may read the figures: people who act as analyst or admin right now."""

from django.http import HttpRequest

from gradus.accounts.roles import Role, actor_for

READERS = frozenset({Role.ANALYST, Role.ADMIN})


def may_read(request: HttpRequest) -> bool:
    return actor_for(request.user).role in READERS
