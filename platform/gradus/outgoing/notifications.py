"""What administrators can choose to be told about webhooks."""

from django.utils.translation import gettext_lazy as _

from gradus.accounts.roles import Role
from gradus.notify.topics import Topic, register

register(Topic("outgoing", _("Webhooks that fail"), _("For administrators."), roles=frozenset({Role.ADMIN})))
