"""What the account menu of every page offers."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from gradus.accounts.models import User
from gradus.accounts.roles import STAFF
from gradus.core import navigation


def acts_as_staff(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.acting_role in STAFF


def register() -> None:
    entries = {
        "profile": navigation.Entry(_("Your profile"), "people:profile", order=10, icon="user"),
        "back-office": navigation.Entry(
            _("Back office"), "wagtailadmin_home", order=20, shown=acts_as_staff, icon="briefcase"
        ),
    }
    for key, entry in entries.items():
        navigation.register("account", key, entry)
