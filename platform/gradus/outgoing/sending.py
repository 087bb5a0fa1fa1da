"""One request to an endpoint: the address is looked up, checked and connected to in one go, and nothing is followed."""

import socket
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpcore
import httpx
from django.utils import timezone
from django.utils.translation import gettext as _

from gradus.outgoing import addresses

TIMES = httpx.Timeout(10, connect=5)
LONGEST = 20.0  # seconds for all of an answer; each wait within is bounded by TIMES
KEPT = 2_000  # bytes of an answer
MOST_WAIT = 86_400  # seconds


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; without a status, `error` says why nothing did. `wait` is how long it asks to be left alone."""

    status: int | None
    seconds: float
    text: str = ""
    error: str = ""
    wait: timedelta = timedelta()

    @property
    def delivered(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def post(url: str, headers: Mapping[str, str], body: str) -> Answer:
    began = time.monotonic()
    try:
        with (
            httpx.Client(transport=Outward(), timeout=TIMES, follow_redirects=False, trust_env=False) as client,
            client.stream("POST", url, headers=headers, content=body.encode()) as response,
        ):
            text = _beginning(response, until=began + LONGEST)
            took, wait = time.monotonic() - began, _asked_to_wait(response)
            return Answer(response.status_code, took, text, wait=wait)
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        return Answer(None, time.monotonic() - began, error=said[:300])


def _asked_to_wait(response: httpx.Response) -> timedelta:
    """`Retry-After` (RFC 9110, 10.2.3): seconds or a date. What cannot be read asks for nothing."""
    said = response.headers.get("retry-after", "").strip()
    if said.isascii() and said.isdigit():
        return timedelta(seconds=min(int(said[:9]), MOST_WAIT))
    try:
        until = parsedate_to_datetime(said)
    except (ValueError, OverflowError):
        return timedelta()
    return max(timedelta(), (until if until.tzinfo else until.replace(tzinfo=UTC)) - timezone.now())


def _beginning(response: httpx.Response, *, until: float) -> str:
    """The first bytes of the answer, as text; the rest is not waited for."""
    found = b""
    for chunk in response.iter_bytes(KEPT):
        found += chunk
        if len(found) >= KEPT or time.monotonic() > until:
            break
    return found[:KEPT].decode("utf-8", "replace").replace("\x00", "")


class Outward(httpx.HTTPTransport):
    """HTTPX's own transport over a network that checks where it connects to."""

    def __init__(self) -> None:
        super().__init__(trust_env=False)
        self._pool.close()
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False), network_backend=Checked()
        )


class Checked(httpcore.SyncBackend):
    """Connects to the very addresses that were checked: a name that answers otherwise the second time gains nothing."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        found = _looked_up(host, port)
        if not found or not all(map(addresses.is_allowed, found)):
            raise httpcore.ConnectError(
                _("%(host)s is inside our own network, where nothing is sent.") % {"host": host}
            )
        return super().connect_tcp(found[0], port, timeout, local_address, socket_options)


def _looked_up(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(f"{host}: {error}") from error
    return [str(address[0]) for *_rest, address in found]
