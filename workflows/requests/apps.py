from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from gradus.core import navigation


class RequestsConfig(AppConfig):
    name = "workflows.requests"
    label = "requests"
    verbose_name = _("Requests")

    def ready(self) -> None:
        entry = navigation.Entry(_("Requests"), "requests:mine", order=30, shown=navigation.signed_in)
        navigation.register("main", "requests", entry)
        navigation.register("footer", "ask", navigation.Entry(_("Ask the academy"), "requests:choose", order=40))
