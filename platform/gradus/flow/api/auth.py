"""Who calls: a person in their session (with the CSRF token), or a program with a key."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext as _
from ninja.errors import AuthenticationError
from ninja.security import HttpBearer, SessionAuth

from gradus.accounts.api_keys import authenticate
from gradus.accounts.models import User
from gradus.core import ratelimit
from gradus.flow.api.problems import TooOften

CALLS, SECONDS = 600, 60


class KeyAuth(HttpBearer):
    """Whoever sends a key is judged by it alone: a wrong one is 401, and no session is asked instead."""

    def authenticate(self, request: HttpRequest, token: str) -> User:
        if (user := authenticate(token)) is None:
            raise AuthenticationError
        if user.language and "Accept-Language" not in request.headers:
            translation.activate(user.language)  # a session has done so; LocaleMiddleware begins each request anew
        return user


class PersonAuth(SessionAuth):
    """A session needs the CSRF token; a guest has nothing to protect and is told to sign in."""

    def _get_key(self, request: HttpRequest) -> str | None:
        return super()._get_key(request) if request.user.is_authenticated else None

    def authenticate(self, request: HttpRequest, key: str | None) -> Any | None:
        return request.user if request.user.is_authenticated and request.user.is_active else None


KEY_OR_SESSION = [KeyAuth(), PersonAuth()]


def caller(request: HttpRequest, *, writes: bool = False) -> User:
    """The person behind the call. 429 when they call too often, 403 when their key may not do this."""
    user: User = request.auth  # type: ignore[attr-defined]
    verdict = ratelimit.check(f"api:{user.pk}", CALLS, SECONDS)
    if not verdict.allowed:
        raise TooOften(verdict.retry_after)
    key = getattr(user, "api_key", None)
    if key is not None and ("write" if writes else "read") not in key.scopes:
        raise PermissionDenied(_("This key may not do that; make one with the scope it needs."))
    return user
