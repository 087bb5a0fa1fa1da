"""A browser's end of a socket. (channels.testing has one too, and cannot be imported without daphne.)"""

import json
from typing import Any

from asgiref.testing import ApplicationCommunicator


class Socket(ApplicationCommunicator):
    """Talks to an ASGI application; `headers` are what the browser would send."""

    def __init__(self, application: Any, path: str, headers: list[tuple[bytes, bytes]]) -> None:
        scope = {"type": "websocket", "path": path, "query_string": b"", "headers": headers, "subprotocols": []}
        super().__init__(application, scope)

    async def connect(self) -> bool:
        """Whether the server accepted."""
        await self.send_input({"type": "websocket.connect"})
        return bool((await self.receive_output())["type"] == "websocket.accept")

    async def say(self, text: str) -> None:
        await self.send_input({"type": "websocket.receive", "text": text})

    async def hear(self) -> Any:
        return json.loads((await self.receive_output())["text"])

    async def hear_close(self) -> int:
        """The code with which the server closes."""
        said = await self.receive_output()
        assert said["type"] == "websocket.close"
        return int(said["code"])

    async def hears_nothing(self) -> bool:
        return await self.receive_nothing(timeout=0.05)

    async def leave(self) -> None:
        await self.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wait()
