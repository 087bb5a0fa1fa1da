"""The lists: endpoints, and every delivery with its tries."""

from collections.abc import Iterator
from typing import Any

import django_filters
from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.views.reports import ReportView
from wagtail.admin.widgets.button import Button, HeaderButton

from gradus.core import spreadsheets
from gradus.core.markup import badge
from gradus.flow.workbench.columns import Cell, LinkColumn, WhenColumn
from gradus.flow.workbench.filters import DaysFilter
from gradus.flow.workbench.reports import ListView
from gradus.flow.workbench.table import QueueTable
from gradus.outgoing import selectors, services
from gradus.outgoing.models import FAILED, UNDER_WAY, Delivery, Endpoint, Status

TONES = {
    Status.QUEUED: "info",
    Status.SENDING: "info",
    Status.SENT: "success",
    Status.DEAD: "danger",
    Status.HELD: "warning",
}


class StatusColumn(Cell):
    def inside(self, instance: Any) -> Any:
        return badge(instance.get_status_display(), TONES[Status(instance.status)])


class EndpointState(Cell):
    def inside(self, instance: Any) -> Any:
        if instance.off:
            return badge(_("Switched off"), "danger")
        return badge(_("Failing"), "warning") if instance.failing_since else badge(_("In order"), "success")


class EndpointsView(ReportView):
    page_title = gettext_lazy("Webhooks")
    header_icon = "link-external"
    model = Endpoint
    index_url_name = "webhook_endpoints"
    index_results_url_name = "webhook_endpoints_results"
    template_name = "outgoing/endpoints.html"
    results_template_name = "outgoing/endpoints_results.html"
    table_class = QueueTable
    default_ordering = "name"
    list_export: list[str] = []
    columns = [
        LinkColumn(Cell("name", label=gettext_lazy("Endpoint")), "webhook_endpoint"),
        Cell("url", label=gettext_lazy("Address")),
        EndpointState("state", label=gettext_lazy("State")),
        Cell("under_way", label=gettext_lazy("Waiting")),
        Cell("failed", label=gettext_lazy("Failed")),
    ]

    def get_queryset(self) -> QuerySet[Any]:
        self.queryset = Endpoint.objects.annotate(
            under_way=Count("deliveries", filter=Q(deliveries__status__in=UNDER_WAY)),
            failed=Count("deliveries", filter=Q(deliveries__status__in=FAILED)),
        ).order_by("name")
        found: QuerySet[Any] = super().get_queryset()
        return found

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        return [
            HeaderButton(_("Add an endpoint"), url=reverse("webhook_endpoint_add"), icon_name="plus", icon_only=True)
        ]

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        return [Button(_("Deliveries"), url=reverse("webhook_deliveries"), icon_name="list-ul")]

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(*args, **kwargs), "missing": selectors.missing()}


class DeliveryFilters(WagtailFilterSet):
    endpoint = django_filters.ModelChoiceFilter(
        queryset=Endpoint.objects.only("name"), label=gettext_lazy("Endpoint"), empty_label=gettext_lazy("Any")
    )
    status = django_filters.MultipleChoiceFilter(choices=Status.choices, label=gettext_lazy("Status"))
    created_at = DaysFilter(label=gettext_lazy("When"))

    class Meta:
        model = Delivery
        fields: list[str] = []


class DeliveriesView(ListView):
    page_title = gettext_lazy("Webhook deliveries")
    header_icon = "link-external"
    model = Delivery
    index_url_name = "webhook_deliveries"
    index_results_url_name = "webhook_deliveries_results"
    nothing = (
        gettext_lazy("Nothing has been sent yet."),
        gettext_lazy("Every event that a rule sends to an endpoint is listed here, with each try."),
    )
    default_ordering = "-pk"
    filterset_class = DeliveryFilters
    list_export = ["type", "endpoint", "status", "tries", "created_at"]
    columns = [
        LinkColumn(Cell("type", label=gettext_lazy("Type")), "webhook_delivery"),
        Cell("endpoint", label=gettext_lazy("Endpoint")),
        StatusColumn("status", label=gettext_lazy("Status")),
        Cell("tries", label=gettext_lazy("Tries")),
        WhenColumn("created_at", label=gettext_lazy("When")),
    ]

    def get_queryset(self) -> QuerySet[Any]:
        self.queryset = Delivery.objects.defer("body").select_related("endpoint").order_by("-pk")
        found: QuerySet[Any] = super().get_queryset()
        return found

    def as_spreadsheet(self, queryset: Any, spreadsheet_format: str) -> HttpResponseBase:
        return spreadsheets.download(self.request, _rows(queryset), spreadsheet_format, "webhooks")


def _rows(deliveries: QuerySet[Delivery]) -> Iterator[list[Any]]:
    yield [_("Type"), _("Endpoint"), _("Status"), _("Tries"), _("When")]
    for each in deliveries.iterator(chunk_size=spreadsheets.BATCH):
        yield [each.type, each.endpoint.name, each.get_status_display(), each.tries, each.created_at]


@require_safe
def delivery(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Delivery.objects.select_related("endpoint"), pk=pk)
    shown = {
        "delivery": found,
        "tone": TONES[Status(found.status)],
        "log": found.log.all(),
        "waiting": found.status == Status.QUEUED,
        "again": found.status not in UNDER_WAY and not found.endpoint.off,
    }
    return render(request, "outgoing/delivery.html", shown)


@require_POST
def send_again(request: HttpRequest, pk: int) -> HttpResponse:
    if services.send_again(get_object_or_404(Delivery, pk=pk)):
        messages.success(request, _("It is queued again, under the same id."))
    else:
        messages.warning(request, _("Nothing was queued: it is under way, or the endpoint is switched off."))
    return redirect("webhook_delivery", pk)
