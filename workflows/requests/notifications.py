"""What people can choose to be told about requests."""

from django.utils.translation import gettext_lazy as _

from gradus.notify.topics import Topic, register

register(Topic("requests", _("My requests and reviews"), _("Questions, answers and decisions.")))
register(Topic("requests/submitted", _("New requests in the queue"), _("For instructors."), mail=False))
