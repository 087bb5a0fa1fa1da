from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LearningConfig(AppConfig):
    name = "workflows.learning"
    label = "learning"
    verbose_name = _("Learning")

    def ready(self) -> None:
        from gradus.accounts import landing
        from gradus.accounts.roles import Role
        from gradus.core import navigation
        from workflows.learning import signals

        signals.connect()
        landing.lead(Role.STUDENT, "learning:mine")
        navigation.register(
            "main", "learning", navigation.Entry(_("My learning"), "learning:mine", 20, navigation.signed_in)
        )
