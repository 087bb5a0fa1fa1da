from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from gradus.core import navigation


class SiteConfig(AppConfig):
    name = "cms.site"
    label = "site"
    verbose_name = _("Site")

    def ready(self) -> None:
        navigation.register("main", "courses", navigation.Entry(_("Courses"), _courses, order=10))


def _courses(_request: HttpRequest) -> str:
    return "/courses/"
