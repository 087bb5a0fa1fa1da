"""Whose work each part of the back office is. A part nobody registered is nobody's.

Wagtail asks for the permissions of all a person's roles; here only the role they act in counts.
"""

from collections.abc import Iterable

from django.conf import settings
from django.urls import get_resolver

from gradus.accounts.models import User
from gradus.accounts.roles import STAFF, Role

WAGTAILS = {
    Role.EDITOR: (
        "pages/",
        "choose-",
        "snippets/",
        "embeds/",
        "api/",
        "images/",
        "documents/",
        "collections/",
        "workflows/",
        "redirects/",
        "forms/",
        "tag-autocomplete/",
        "editing-sessions/",
        "block-preview/",
        "bulk/",
        "reports/",
        "settings/",
    ),
    Role.ADMIN: ("users/", "groups/", "sites/", "bulk/accounts/", "bulk/auth/", "test404/", "failwhale/"),
}
EVERYBODYS = ("account/", "dismissibles/")
HOME = ""

_owners: dict[str, frozenset[Role]] = {}


def own(prefix: str, roles: Iterable[Role] = STAFF) -> None:
    """Everything below `prefix` is the work of these roles, unless a longer prefix says otherwise.

    A section whose pages ask rules themselves leaves the roles out: all staff may knock.
    """
    _owners[prefix] = frozenset(roles)


for _role, _prefixes in WAGTAILS.items():
    for _prefix in _prefixes:
        own(_prefix, [_role])
for _prefix in EVERYBODYS:
    own(_prefix)


def section_of(path: str) -> str:
    """A path inside the back office without the part all of them share."""
    return path.removeprefix(settings.BACK_OFFICE_PREFIXES[0])


def owners_of(section: str) -> frozenset[Role]:
    """The roles whose work a section is; empty for one nobody registered."""
    get_resolver().url_patterns  # noqa: B018  # our own sections register while the addresses are loaded
    if section == HOME:
        return STAFF
    known = [prefix for prefix in _owners if section.startswith(prefix)]
    return _owners[max(known, key=len)] if known else frozenset()


def may_enter(user: User, section: str) -> bool:
    role = user.acting_role
    return (user.is_superuser and role is Role.ADMIN) or role in owners_of(section)
