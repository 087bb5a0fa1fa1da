"""The health page in the back office, and live updates on its pages."""

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from gradus.accounts import sections
from gradus.accounts.roles import Role, actor_for
from gradus.core.home import Tile
from gradus.notify import health, health_views, views

sections.own("health/", [Role.ADMIN])
sections.own("news/")


@hooks.register("register_admin_urls")
def health_urls() -> list[URLPattern]:
    return [
        path("news/<slug:workflow>/", views.queue_news, name="notify_queue_news"),
        path("health/", health_views.page, name="notify_health"),
        path("health/tasks/<str:task_id>/again/", health_views.run_again, name="notify_run_again"),
        path("health/tasks/<str:task_id>/dismiss/", health_views.dismiss, name="notify_dismiss"),
        path("health/mails/<int:mail_id>/again/", health_views.send_again, name="notify_send_again"),
        path("health/test-mail/", health_views.test_mail, name="notify_test_mail"),
    ]


@hooks.register("register_settings_menu_item")
def health_menu_item() -> MenuItem:
    return MenuItem(_("Health"), reverse("notify_health"), name="health", icon_name="circle-check", order=900)


@hooks.register("gradus_home_tiles")
def health_tile(request: HttpRequest) -> list[Tile]:
    if actor_for(request.user).role is not Role.ADMIN:
        return []
    found = health.problems()
    note = ngettext("thing needs a look.", "things need a look.", found) if found else _("Everything runs.")
    return [Tile(_("Health"), reverse("notify_health"), str(found), note, order=70, urgent=found > 0)]


@hooks.register("insert_global_admin_js")
def live_updates() -> str:
    return render_to_string("notify/live.html")
