"""Live updates: saying that something changed, and who may listen.

A message is `{type, id, version}` and nothing else. The page fetches the fragment again, so what it may see is decided
again, and a message that gets lost does no harm.

`changed` writes a line to the outbox in the open transaction; the tail of every web process (`gradus.notify.tail`)
carries it to the sockets. With Redis configured it is sent after the commit instead, and nothing is written.
"""

import logging
from collections.abc import Iterable
from functools import partial
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.core import signing
from django.db import transaction
from redis.exceptions import RedisError

from gradus.notify.models import Change

log = logging.getLogger(__name__)
SALT = "gradus.notify.live"
ANY = "any"  # in place of an id: something of this type, for lists
TOKEN_LASTS = 24 * 60 * 60  # seconds; a page open for longer polls until it is loaded again


def changed(type: str, id: object, version: int, *, users: Iterable[int] = ()) -> None:  # noqa: A002
    """Announce that `type:id` is now at `version`: to everything these people have open, or, when none are
    named, to the pages that were given a token for it.
    """
    tell([change(type, id, version, group=person(user)) for user in users] or [change(type, id, version)])


def change(type: str, id: object, version: int, *, group: str = "") -> Change:  # noqa: A002
    return Change(group=group or topic(type, id), type=type, object_id=str(id), version=version)


def tell(rows: list[Change]) -> None:
    """Write them to the outbox, or send them after the commit."""
    if settings.REDIS_URL:
        transaction.on_commit(partial(_send_now, rows))
    else:
        Change.objects.bulk_create(rows)


def person(user_id: int) -> str:
    return f"person.{user_id}"


def topic(type: str, id: object) -> str:  # noqa: A002
    return f"topic.{type}.{id}"


def message(change: Change) -> dict[str, Any]:
    return {"type": "live.changed", "what": change.type, "id": change.object_id, "version": change.version}


def token(user_id: int, type: str, id: object) -> str:  # noqa: A002
    """What a page hands to its socket to hear about an object. Only for objects this person was allowed to view."""
    return signing.dumps([user_id, topic(type, id)], salt=SALT, compress=True)


def topic_in(token: str, *, user_id: int) -> str | None:
    """The topic a token opens to this person, unless it is forged, too old or somebody else's."""
    try:
        holder, group = signing.loads(token, salt=SALT, max_age=TOKEN_LASTS)
    except signing.BadSignature:
        return None
    return str(group) if holder == user_id else None


def _send_now(rows: list[Change]) -> None:
    try:
        async_to_sync(_send)(rows)
    except (OSError, RedisError) as error:
        log.warning("Live update not sent, pages will poll: %s", error)


async def _send(rows: list[Change]) -> None:
    layer: Any = get_channel_layer()
    for row in rows:
        await layer.group_send(row.group, message(row))
