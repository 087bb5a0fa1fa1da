from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from gradus.core import schedules


class OutgoingConfig(AppConfig):
    name = "gradus.outgoing"
    label = "outgoing"
    verbose_name = _("Webhooks")

    def ready(self) -> None:
        from gradus.notify import health
        from gradus.outgoing import selectors

        health.add(health.Part("outgoing/health.html", selectors.trouble, selectors.problems))
        schedules.every(1, "gradus.outgoing.tasks.send_due", _("Send due webhooks"))
        schedules.every(60, "gradus.outgoing.tasks.sweep", _("Remove old webhook deliveries"))
        schedules.call("gradus.outgoing.tasks.send", _("Send a webhook"))
