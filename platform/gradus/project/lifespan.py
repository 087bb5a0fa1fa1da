"""Start and stop background work with the server: Channels' router knows no lifespan."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Work = Callable[[], Awaitable[None]]

log = logging.getLogger(__name__)
REST = 2.0  # seconds before work that failed is started again


class Lifespan:
    """Keeps `work` going between the server's startup and shutdown; everything else is the application's."""

    def __init__(self, application: Application, work: Sequence[Work]) -> None:
        self.application = application
        self.work = work

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await self.application(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        running = [asyncio.create_task(_keep_going(work)) for work in self.work]
        await send({"type": "lifespan.startup.complete"})
        await receive()
        for task in running:
            task.cancel()
        for task in running:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await send({"type": "lifespan.shutdown.complete"})


async def _keep_going(work: Work) -> None:
    task = asyncio.current_task()
    assert task is not None  # noqa: S101
    while not task.cancelling():  # work that fails while it is being stopped has swallowed the cancellation
        try:
            await work()
        except Exception:
            log.exception("Background work failed")
        await asyncio.sleep(0 if task.cancelling() else REST)
