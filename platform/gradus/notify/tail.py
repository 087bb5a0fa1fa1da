"""Each web process reads the outbox every moment and tells its own sockets.

Ids are given out at the insert but become visible at the commit, so a slow transaction's line turns up *behind* lines
already read. The tail therefore remembers the ids it has not seen below the highest one and keeps asking for them,
until they are so old that they can only belong to transactions that were rolled back.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from channels.layers import get_channel_layer
from django.db import DatabaseError, connection
from django.db.models import Max, Q

from gradus.notify import live
from gradus.notify.models import Change

log = logging.getLogger(__name__)

EVERY = 0.12  # seconds between two looks
LATE = 60.0  # seconds a missing line is waited for
LOOK_BACK = 1_000  # ids below the highest that may be missing at once
AT_ONCE = 2_000  # lines read in one look
REST = 2.0  # seconds after an error


class Tail:
    """Hands out every line of the outbox once, in whatever order the lines become visible."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._highest = Change.objects.aggregate(highest=Max("id"))["highest"] or 0
        self._missing: dict[int, float] = {}
        recent = Change.objects.filter(id__gt=self._highest - LOOK_BACK).values_list("id", flat=True)
        self._expect(range(max(1, self._highest - LOOK_BACK + 1), self._highest), seen=set(recent))

    def look(self) -> list[Change]:
        """The lines that became visible since the last look."""
        self._give_up_on_the_late()
        new = Q(id__gt=self._highest)
        rows = list(Change.objects.filter(new | Q(id__in=list(self._missing))).order_by("id")[:AT_ONCE])
        seen = {row.id for row in rows}
        for pk in seen & self._missing.keys():
            del self._missing[pk]
        highest = max(seen, default=0)
        if highest > self._highest:
            self._expect(range(max(self._highest, highest - LOOK_BACK) + 1, highest), seen=seen)
            self._highest = highest
        return rows

    def _expect(self, ids: Iterable[int], *, seen: set[int]) -> None:
        until = self._clock() + LATE
        self._missing.update((pk, until) for pk in ids if pk not in seen)

    def _give_up_on_the_late(self) -> None:
        now = self._clock()
        self._missing = {pk: until for pk, until in self._missing.items() if until > now}


def latest(rows: Iterable[Change]) -> list[Change]:
    """One line for each group and object: the highest version makes the others unnecessary."""
    newest: dict[tuple[str, str, str], Change] = {}
    for row in rows:
        key = (row.group, row.type, row.object_id)
        if key not in newest or newest[key].version < row.version:
            newest[key] = row
    return list(newest.values())


async def follow() -> None:
    """Carry the outbox to this process's sockets until cancelled."""
    # A thread of its own keeps one database connection; Django's would open one for each look.
    with ThreadPoolExecutor(1, thread_name_prefix="outbox") as thread:
        loop = asyncio.get_running_loop()
        try:
            await _follow(lambda work: loop.run_in_executor(thread, work))
        finally:
            await loop.run_in_executor(thread, _hang_up)


async def _follow(in_thread: Callable[[Callable[[], Any]], Any]) -> None:
    layer: Any = get_channel_layer()
    tail: Tail | None = None
    while True:
        try:
            tail = tail or await in_thread(Tail)
            for row in latest(await in_thread(tail.look)):
                await layer.group_send(row.group, live.message(row))
            await asyncio.sleep(EVERY)
        except DatabaseError as error:
            log.warning("The outbox cannot be read, trying again: %s", error)
            await in_thread(_hang_up)
            await asyncio.sleep(REST)


def _hang_up() -> None:
    """Close the connection of the thread this runs in: `connection` is another one in every thread."""
    connection.close()
