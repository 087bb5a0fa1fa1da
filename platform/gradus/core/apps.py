from types import ModuleType

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from gradus.core import catalogs


class CoreConfig(AppConfig):
    name = "gradus.core"
    label = "core"
    verbose_name = _("Core")

    def __init__(self, app_name: str, app_module: ModuleType | None) -> None:
        super().__init__(app_name, app_module)
        catalogs.merge()  # before anybody asks for the first text

    def ready(self) -> None:
        from gradus.core import checks, schedules, tasks

        tasks.connect()
        schedules.connect()
        checks.connect()
