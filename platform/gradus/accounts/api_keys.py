"""API keys: making, checking and revoking them.

A key reads `gradus_<prefix>_<secret>`: the prefix finds the row, the secret has 256 bits, so a plain
SHA-256 of it is as good as a slow hash and costs nothing per request.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from gradus.accounts.models import ApiKey, User
from gradus.accounts.roles import Role

MARK = "gradus"
MOST_PER_PERSON = 20
USE_IS_NOTED_EVERY = timedelta(minutes=1)


def create_key(
    *, user: User, name: str, role: Role, scopes: Iterable[str], expires_at: datetime | None = None
) -> tuple[ApiKey, str]:
    """The key and its token, which is known now and never again. ValidationError when it may not be."""
    if role not in user.roles:
        raise ValidationError(_("A key can only act in a role you hold."))
    if usable_keys(user).count() >= MOST_PER_PERSON:
        raise ValidationError(_("You have %(most)d keys. Revoke one first.") % {"most": MOST_PER_PERSON})
    prefix, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        user=user,
        name=name,
        prefix=prefix,
        digest=_digest(secret),
        role=role.value,
        scopes=sorted(set(scopes)),
        expires_at=expires_at,
    )
    return key, f"{MARK}_{prefix}_{secret}"


def revoke_key(*, key: ApiKey) -> None:
    ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now())


def authenticate(token: str) -> User | None:
    """Whom this token speaks for, acting in the key's role and with `api_key` set; None when for nobody."""
    mark, _under, rest = token.partition("_")
    prefix, _under, secret = rest.partition("_")
    key = ApiKey.objects.select_related("user").filter(prefix=prefix).first() if mark == MARK else None
    # Compared also when there is no such key, so that time tells nothing.
    if not hmac.compare_digest(key.digest if key else "", _digest(secret)) or key is None:
        return None
    now, user = timezone.now(), key.user
    if not key.is_usable(now) or not user.is_active or key.role not in user.roles:
        return None
    _note_use(key, now)
    user.act_as, user.api_key = Role(key.role), key
    return user


def usable_keys(user: User) -> QuerySet[ApiKey]:
    alive = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    return ApiKey.objects.filter(alive, user=user, revoked_at=None)


def _note_use(key: ApiKey, now: datetime) -> None:
    if key.last_used_at is None or now - key.last_used_at > USE_IS_NOTED_EVERY:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
