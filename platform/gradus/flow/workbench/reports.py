"""What lists for administrators share: filters that find nothing rather than all, and words for an empty list."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from wagtail.admin.views.reports import ReportView

from gradus.flow.errors import Text
from gradus.flow.workbench.table import QueueTable


class StrictFilters:
    """For Wagtail's listings: a filter that cannot be read finds nothing, rather than all."""

    filters: Any

    @cached_property
    def unreadable(self) -> bool:
        """Whether a filter of the address is none, or none of its choices."""
        return self.filters is not None and not self.filters.is_valid()

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        found: QuerySet[Any] = queryset.none() if self.unreadable else super().filter_queryset(queryset)  # type: ignore[misc]
        return found


class ListView(StrictFilters, ReportView):
    """`nothing` is said where there is nothing at all: that there is none, and what would be listed."""

    template_name = "flow/workbench/report.html"
    results_template_name = "flow/workbench/report_results.html"
    table_class = QueueTable
    nothing: ClassVar[tuple[Text, Text]]

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        said = {"nothing": self.nothing, "unreadable": self.unreadable, "index_url": reverse(self.index_url_name)}
        return {**super().get_context_data(*args, **kwargs), **said}
