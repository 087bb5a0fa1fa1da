"""How a process answers pages."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase

PATIENCE = 0.25  # seconds


class PageHandler(ASGIHandler):
    """Django's, with the whole of a page in one thread, and pages finished in the order in which they were asked for.

    Every view here is synchronous; Django's own handler goes to a thread and back for each middleware that knows both
    worlds, a tenth of a page's time. A process of Python computes one thing at a time: pages begun at once are all
    late, and some very late. So `PAGES_AT_ONCE` are made at a time and the others wait, none longer than `PATIENCE`:
    a page that takes long, or waits for another server, holds nobody up.
    """

    def __init__(self) -> None:
        super().__init__()
        self.turns = asyncio.Semaphore(settings.PAGES_AT_ONCE)

    def load_middleware(self, is_async: bool = False) -> None:  # noqa: FBT001, FBT002  # Django's signature
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        answer = sync_to_async(self.get_response, thread_sensitive=True)
        async with self._turn():
            return await answer(request)

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(PATIENCE):
                await self.turns.acquire()
        except TimeoutError:
            yield
            return
        try:
            yield
        finally:
            self.turns.release()
