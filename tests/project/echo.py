"""What uvicorn tells an application about its caller; for `test_proxies`."""

import json
from typing import Any


async def echo(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """An application that answers who uvicorn says is calling."""
    said = json.dumps({"client": scope["client"][0], "scheme": scope["scheme"]}).encode()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": said})
