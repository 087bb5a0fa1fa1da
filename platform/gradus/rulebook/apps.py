from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RulebookConfig(AppConfig):
    name = "gradus.rulebook"
    label = "rulebook"
    verbose_name = _("Rules")

    def ready(self) -> None:
        from django_q.signals import pre_execute

        from gradus.core import reasons
        from gradus.flow.audit import versions
        from gradus.policy.ruleset import begin_with
        from gradus.rulebook import live, past
        from gradus.rulebook.seeing import addresses

        begin_with(live.first)
        reasons.explain_with(addresses.explanation)
        versions.keep(past.kept)
        pre_execute.connect(live.before_task, dispatch_uid="gradus.rulebook.follow")
