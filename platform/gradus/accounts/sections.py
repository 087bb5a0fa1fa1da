"""What Wagtail brings to the back office and whose work it is.

Wagtail asks for the permissions of all a person's roles; here only the role they act in counts.
Our own sections (workbenches, analytics and the like) are not named: they ask their rules themselves.
"""

from django.conf import settings

from gradus.accounts.models import User
from gradus.accounts.roles import STAFF, Role

OWNERS = {
    Role.EDITOR: (
        "pages",
        "choose-",
        "snippets/choose/",
        "embeds",
        "api/",
        "images",
        "documents",
        "collections",
        "workflows",
        "redirects",
        "forms",
        "tag-autocomplete",
        "editing-sessions",
        "block-preview",
        "bulk/wagtail",
        "reports/locked",
        "reports/workflow",
        "reports/site-history",
        "reports/aging-pages",
        "reports/page-types-usage",
    ),
    Role.ADMIN: ("users", "groups", "sites", "bulk/accounts"),
}


def section_of(path: str) -> str:
    """A path inside the back office without the part all of them share."""
    return path.removeprefix(settings.BACK_OFFICE_PREFIXES[0])


def may_enter(user: User, section: str) -> bool:
    role = user.acting_role
    if user.is_superuser and role is Role.ADMIN:
        return True
    owners = {owner for owner, prefixes in OWNERS.items() if section.startswith(prefixes)}
    return role in (owners or STAFF)
