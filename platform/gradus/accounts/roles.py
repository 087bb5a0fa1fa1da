"""Who somebody acts as. Roles are groups; guest is nobody and system is the platform itself."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from gradus.accounts.models import User


class Role(StrEnum):
    """The roles a rule's row can name. No role implies another."""

    GUEST = "guest"
    STUDENT = "student"
    INSTRUCTOR = "instructor"
    EDITOR = "editor"
    ANALYST = "analyst"
    ADMIN = "admin"
    SYSTEM = "system"

    @property
    def label(self) -> str:
        """The role in people's words."""
        return str(LABELS[self])


LABELS = {
    Role.GUEST: _("guest"),
    Role.STUDENT: _("student"),
    Role.INSTRUCTOR: _("instructor"),
    Role.EDITOR: _("editor"),
    Role.ANALYST: _("analyst"),
    Role.ADMIN: _("administrator"),
    Role.SYSTEM: _("the platform"),
}

# The order in which a person with several roles is taken to act until they choose.
HELD = (Role.ADMIN, Role.INSTRUCTOR, Role.EDITOR, Role.ANALYST, Role.STUDENT)
STAFF = frozenset({Role.ADMIN, Role.INSTRUCTOR, Role.EDITOR, Role.ANALYST})


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody acting in one role: what every decision and every history row names."""

    user: "User | None"
    role: Role

    @property
    def id(self) -> int | None:
        return self.user.pk if self.user is not None else None


SYSTEM = Actor(None, Role.SYSTEM)
GUEST = Actor(None, Role.GUEST)


def actor_for(who: Any) -> Actor:
    """The actor behind a user object; anonymous and inactive people are guests."""
    if isinstance(who, Actor):
        return who
    if who is None or not who.is_authenticated or not who.is_active:
        return GUEST
    return Actor(who, who.acting_role)
