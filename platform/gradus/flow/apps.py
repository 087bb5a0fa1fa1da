from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class FlowConfig(AppConfig):
    name = "gradus.flow"
    label = "flow"
    verbose_name = _("Flow")

    def ready(self) -> None:
        from gradus.accounts import landing
        from gradus.accounts.roles import Role
        from gradus.core import navigation, schedules
        from gradus.flow import checks  # noqa: F401 - registers them
        from gradus.flow.registry import register_coded
        from gradus.flow.workbench.registry import first_workbench_of

        register_coded()
        navigation.register("footer", "api", navigation.Entry(_("API"), "api:api-root", order=60))
        landing.lead(Role.INSTRUCTOR, first_workbench_of)
        autodiscover_modules("listeners")
        schedules.every(1, "gradus.flow.automating.tasks.run_due", _("Do what happens by itself"))
        schedules.every(60, "gradus.flow.staging.sweep", _("Remove files nobody sent"))
