from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class FlowConfig(AppConfig):
    name = "gradus.flow"
    label = "flow"
    verbose_name = _("Flow")

    def ready(self) -> None:
        from gradus.core import schedules
        from gradus.flow import checks  # noqa: F401 - registers them
        from gradus.flow.registry import register_coded

        register_coded()
        autodiscover_modules("listeners")
        schedules.every(60, "gradus.flow.staging.sweep")
