from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class NotifyConfig(AppConfig):
    name = "gradus.notify"
    label = "notify"
    verbose_name = _("Notifications")

    def ready(self) -> None:
        autodiscover_modules("notifications")
