"""People: one account each, signed in by e-mail, with the roles their groups give them."""

import zoneinfo
from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from asgiref.sync import sync_to_async
from django.apps import apps
from django.conf import settings
from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gradus.accounts.roles import HELD, STAFF, Role
from gradus.core.texts import is_blank

# Answers permissions that rules govern, None for all others; `gradus.policy` fills it.
governed: Callable[["User", str, Any], bool | None] | None = None


def validate_time_zone(name: str) -> None:
    if name and name not in zoneinfo.available_timezones():
        raise ValidationError(_("“%(name)s” is not a time zone. Try one like Europe/Berlin."), params={"name": name})


def validate_visible(name: str) -> None:
    if is_blank(name):
        raise ValidationError(_("Please fill this in."), code="required")


class UserManager(BaseUserManager["User"]):
    use_in_migrations = True

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Made at the server's own command line, so the address needs no mail to be believed."""
        user = self.create_user(email, password, is_staff=True, is_superuser=True, **fields)
        addresses: Any = apps.get_model("account", "EmailAddress")
        addresses.objects.create(user=user, email=user.email, primary=True, verified=True)
        return user


class Visibility(models.TextChoices):
    TEAM = "team", _("the team of the academy")
    MEMBERS = "members", _("everybody who is signed in")


class User(AbstractUser):
    """A person. The role they act in right now is `acting_role`; `act_as` is set per request, socket or key."""

    username = None  # type: ignore[assignment]
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    email = models.EmailField(_("e-mail address"), unique=True)
    display_name = models.CharField(_("name shown to others"), max_length=80, validators=[validate_visible])
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True, validators=[validate_time_zone])
    language = models.CharField(_("language"), max_length=12, blank=True)
    read_in = models.CharField(_("language last read in"), max_length=12, blank=True, editable=False)
    visible_to = models.CharField(
        _("who sees my page"), max_length=8, choices=Visibility.choices, default=Visibility.TEAM
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]
    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    act_as: Role | None = None
    api_key: "ApiKey | None" = None  # set when a program speaks for this person
    _roles: frozenset[Role] | None = None

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [models.UniqueConstraint(Lower("email"), name="one_account_per_email")]

    def __str__(self) -> str:
        return self.display_name or self.email

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone or settings.TIME_ZONE)

    @property
    def mail_language(self) -> str:
        """The one they chose, else the one their browser asked for when they were here last."""
        return self.language or self.read_in or settings.LANGUAGE_CODE

    @property
    def roles(self) -> frozenset[Role]:
        """The roles of this person's groups; a superuser is an admin as well. One query, then kept."""
        if self._roles is None:
            held = set(self.groups.values_list("name", flat=True)) & set(HELD)
            self._roles = frozenset(map(Role, held)) | ({Role.ADMIN} if self.is_superuser else set())
        return self._roles

    @property
    def is_on_the_team(self) -> bool:
        """Whether any of their roles works in the back office: costs no query beyond the roles."""
        return bool(self.roles & STAFF)

    def forget_roles(self) -> None:
        """Read the groups again: they were changed."""
        self._roles = None

    @property
    def acting_role(self) -> Role:
        """The role chosen with the mode switch, else the first held; without any, a guest."""
        if self.act_as in self.roles:
            return self.act_as
        return next((role for role in HELD if role in self.roles), Role.GUEST)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Rules answer for what they govern, for superusers and inactive people too; Django for the rest."""
        answer = governed(self, perm, obj) if governed else None
        return super().has_perm(perm, obj) if answer is None else answer

    async def ahas_perm(self, perm: str, obj: Any = None) -> bool:
        return await sync_to_async(self.has_perm)(perm, obj)


class ApiKey(models.Model):
    """A program acting for a person in one of their roles. Only a digest of the secret is kept."""

    class Scope(models.TextChoices):
        READ = "read", _("read what you may see")
        WRITE = "write", _("do what you may do")

    user = models.ForeignKey(User, models.CASCADE, related_name="api_keys", verbose_name=_("person"))
    name = models.CharField(_("name"), max_length=80)
    prefix = models.CharField(max_length=8, unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    role = models.CharField(_("acts as"), max_length=12)
    scopes = models.JSONField(_("may"), default=list)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix})"

    @property
    def acts_as(self) -> Role:
        return Role(self.role)

    def is_usable(self, now: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now)
