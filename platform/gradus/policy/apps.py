from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PolicyConfig(AppConfig):
    name = "gradus.policy"
    label = "policy"
    verbose_name = _("Policy")

    def ready(self) -> None:
        from gradus.accounts import models as accounts
        from gradus.policy import checks, lookups  # noqa: F401 - registered by importing them
        from gradus.policy.deciding import governed_answer

        accounts.governed = governed_answer
