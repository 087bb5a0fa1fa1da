from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from gradus.core import schedules


class AccountsConfig(AppConfig):
    name = "gradus.accounts"
    label = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from gradus.accounts import menus

        menus.register()
        schedules.every(24 * 60, "gradus.accounts.services.forget_sessions", _("Forget sign-ins that have ended"))
