"""Webhooks in the back office, for administrators."""

from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from gradus.accounts import sections
from gradus.accounts.roles import Role
from gradus.outgoing import report, views

sections.own("webhooks/", [Role.ADMIN])


@hooks.register("register_admin_urls")
def webhook_urls() -> list[URLPattern]:
    deliveries, endpoints = report.DeliveriesView, report.EndpointsView
    return [
        path("webhooks/", endpoints.as_view(), name="webhook_endpoints"),
        path("webhooks/results/", endpoints.as_view(results_only=True), name="webhook_endpoints_results"),
        path("webhooks/new/", views.add, name="webhook_endpoint_add"),
        path("webhooks/<int:pk>/", views.one, name="webhook_endpoint"),
        path("webhooks/<int:pk>/secret/", views.rotate, name="webhook_rotate"),
        path("webhooks/<int:pk>/switch/", views.switch, name="webhook_switch"),
        path("webhooks/<int:pk>/test/", views.send_test, name="webhook_send_test"),
        path("webhooks/<int:pk>/again/", views.send_all_again, name="webhook_send_all_again"),
        path("webhooks/<int:pk>/remove/", views.remove, name="webhook_remove"),
        path("webhooks/deliveries/", deliveries.as_view(), name="webhook_deliveries"),
        path("webhooks/deliveries/results/", deliveries.as_view(results_only=True), name="webhook_deliveries_results"),
        path("webhooks/deliveries/<int:pk>/", report.delivery, name="webhook_delivery"),
        path("webhooks/deliveries/<int:pk>/again/", report.send_again, name="webhook_send_again"),
    ]


@hooks.register("register_settings_menu_item")
def webhook_menu_item() -> MenuItem:
    return MenuItem(_("Webhooks"), reverse("webhook_endpoints"), name="webhooks", icon_name="link-external", order=910)
