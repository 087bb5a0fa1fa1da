"""The socket behind `/ws/live/`: signed-in people hear what changed, guests are closed."""

import asyncio
from typing import Any

from channels.generic.websocket import AsyncJsonWebsocketConsumer

from gradus.notify import live

NOT_SIGNED_IN = 4401
TOO_MUCH = 4429
SIGN_IN_AGAIN = 4440
MOST_TOPICS = 100  # what one page may listen to
MOST_SOCKETS = 20  # of one person in one process
LASTS = 30 * 60.0  # seconds; the page connects anew by itself, and whoever was signed out meanwhile stays out


_open: dict[int, list["LiveConsumer"]] = {}  # by person, oldest first


class LiveConsumer(AsyncJsonWebsocketConsumer):
    """Sends `{type, id, version}`; receives `{"listen": [token, ...]}`."""

    topics: set[str]
    ending: asyncio.TimerHandle | None = None

    async def connect(self) -> None:
        self.topics = set()
        user = self.scope["user"]
        if not user.is_authenticated:
            await self.accept()  # only an accepted socket can tell the page why it is closed
            await self.close(NOT_SIGNED_IN)
            return
        await self._join(live.person(user.pk))
        await self.accept()
        await self._replace_the_oldest(user.pk)
        loop = asyncio.get_running_loop()
        self.ending = loop.call_later(LASTS, lambda: loop.create_task(self.close(SIGN_IN_AGAIN)))

    async def _replace_the_oldest(self, user_id: int) -> None:
        """More pages than anybody reads: the newest stay."""
        theirs = _open.setdefault(user_id, [])
        theirs.append(self)
        for socket in theirs[:-MOST_SOCKETS]:
            theirs.remove(socket)
            await socket.close(TOO_MUCH)

    def _forget(self) -> None:
        theirs = _open.get(self.scope["user"].pk, [])
        if self in theirs:
            theirs.remove(self)
        if not theirs:
            _open.pop(self.scope["user"].pk, None)

    async def disconnect(self, code: int) -> None:  # Channels names it
        self._forget()
        if self.ending is not None:
            self.ending.cancel()
        for group in self.topics:
            await self.channel_layer.group_discard(group, self.channel_name)

    async def receive_json(self, content: Any, **kwargs: Any) -> None:
        tokens = content.get("listen", []) if isinstance(content, dict) else []
        if not isinstance(tokens, list) or len(self.topics) + len(tokens) > MOST_TOPICS:
            await self.close(TOO_MUCH)
            return
        for token in tokens:
            group = live.topic_in(str(token), user_id=self.scope["user"].pk)
            if group is not None:
                await self._join(group)

    async def live_changed(self, event: dict[str, Any]) -> None:
        await self.send_json({"type": event["what"], "id": event["id"], "version": event["version"]})

    async def _join(self, group: str) -> None:
        self.topics.add(group)
        await self.channel_layer.group_add(group, self.channel_name)

    @classmethod
    async def decode_json(cls, text_data: str) -> Any:
        """Whatever is not JSON asks for nothing."""
        try:
            return await super().decode_json(text_data)
        except (ValueError, RecursionError):
            return None
