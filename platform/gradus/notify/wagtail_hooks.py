"""The health page in the back office, and live updates on its pages."""

from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from gradus.accounts import sections
from gradus.accounts.roles import Role
from gradus.notify import health_views, views

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


@hooks.register("insert_global_admin_js")
def live_updates() -> str:
    return render_to_string("notify/live.html")
