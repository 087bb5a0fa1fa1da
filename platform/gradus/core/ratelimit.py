"""How often somebody may do something. Counts are kept in the cache, shared by all processes.

A sliding window: the count of the window before weighs by how much of it is still in sight, so
there is no burst where two windows meet. A refused attempt is not counted.
"""

import ipaddress
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest, HttpResponseBase

from gradus.core import errors

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Verdict:
    allowed: bool
    retry_after: int  # seconds until another try makes sense; 0 when allowed


def check(key: str, limit: int, seconds: int) -> Verdict:
    """Count one attempt at `key` unless there were `limit` of them within the last `seconds`."""
    now = time.time()
    window, passed = divmod(now, seconds)
    current, previous = f"rate:{key}:{seconds}:{window:.0f}", f"rate:{key}:{seconds}:{window - 1:.0f}"
    before = cache.get(previous, 0) * (1 - passed / seconds)
    cache.add(current, 0, timeout=2 * seconds)
    if before + cache.incr(current) <= limit:
        return Verdict(allowed=True, retry_after=0)
    cache.decr(current)
    return Verdict(allowed=False, retry_after=math.ceil(seconds - passed))


def allow(key: str, limit: int, seconds: int) -> bool:
    return check(key, limit, seconds).allowed


def who(request: HttpRequest) -> str:
    """The person, or for guests their address."""
    user = getattr(request, "user", None)
    return f"user:{user.pk}" if user is not None and user.is_authenticated else f"ip:{_address(request)}"


def _address(request: HttpRequest) -> str:
    """Behind trusted proxies the client's own; a whole IPv6 /64 is one client."""
    return network_of(get_adapter().get_client_ip(request))


def network_of(address: str) -> str:
    """An IPv4 address, also where it came as IPv6; else the /64, without the zone that a link-local address names."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or ipaddress.ip_network(f"{found}/64", strict=False))


def limited(name: str, *, limit: int, seconds: int, methods: tuple[str, ...] = ("POST",)) -> Callable[[View], View]:
    """Answer 429 to whoever calls the view more often than this; other methods pass uncounted."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method in methods:
                verdict = check(f"{name}:{who(request)}", limit, seconds)
                if not verdict.allowed:
                    return errors.too_many_requests(request, retry_after=verdict.retry_after)
            return view(request, *args, **kwargs)

        return checked

    return decorate
