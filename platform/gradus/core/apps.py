from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "gradus.core"
    label = "core"
    verbose_name = _("Core")

    def ready(self) -> None:
        from gradus.core import schedules, tasks

        tasks.connect()
        schedules.connect()
