from django.apps import AppConfig
from django.db.models.signals import post_delete, post_save
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from gradus.core import navigation, schedules


class SiteConfig(AppConfig):
    name = "cms.site"
    label = "site"
    verbose_name = _("Site")

    def ready(self) -> None:
        from cms.site.routing import forget_sites

        courses = navigation.Entry(_("Courses"), _courses, order=10)
        navigation.register("main", "courses", courses)
        navigation.register("footer", "courses", courses)
        schedules.every(1, "cms.site.scheduled.publish_due", _("Publish what is scheduled"))
        for signal in (post_save, post_delete):
            signal.connect(forget_sites, sender="wagtailcore.Site")


def _courses(_request: HttpRequest) -> str:
    return "/courses/"
