from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from gradus.core import navigation, schedules


class NotifyConfig(AppConfig):
    name = "gradus.notify"
    label = "notify"
    verbose_name = _("Notifications")

    def ready(self) -> None:
        autodiscover_modules("notifications")
        schedules.every(1, "gradus.notify.tasks.send_due", _("Send due mails"))
        schedules.every(60, "gradus.notify.tasks.sweep", _("Remove old notifications"))
        schedules.call("gradus.notify.tasks.send_mail", _("Send a mail"))
        navigation.register("account", "notifications", _entry())


def _entry() -> navigation.Entry:
    return navigation.Entry(_("Notifications"), "notify:index", order=20, shown=navigation.signed_in, icon="bell")
