"""What people can choose to be told about requests."""

from django.utils.translation import gettext_lazy as _

from gradus.accounts.roles import STAFF
from gradus.notify.topics import Topic, register

register(Topic("requests", _("My requests and reviews"), _("Questions, answers and decisions.")))
NEW = Topic("requests/submitted", _("New requests in the queue"), _("For instructors."), mail=False, roles=STAFF)
register(NEW, "requests/role")
