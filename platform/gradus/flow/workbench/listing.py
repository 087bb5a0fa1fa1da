"""The queue of a workflow: what waits for me, or everything I may see; filtered, searched, sorted, exported."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from django.core.paginator import EmptyPage, Page, PageNotAnInteger, Paginator
from django.db import models
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import IndexView

from gradus import flow, policy
from gradus.core import spreadsheets
from gradus.flow.models import Declared
from gradus.flow.queues import in_words
from gradus.flow.verdicts import VIEW
from gradus.flow.workbench.access import BenchMixin
from gradus.flow.workbench.answers import AnswerColumns
from gradus.flow.workbench.columns import (
    CheckboxColumn,
    LinkColumn,
    StateColumn,
    WhenColumn,
    path_column,
    reach,
)
from gradus.flow.workbench.filters import filterset_for
from gradus.flow.workbench.moves import AT_MOST, BulkMove, bulk_moves, possible_among
from gradus.flow.workbench.reports import StrictFilters
from gradus.flow.workbench.table import QueueTable

WAITING, ALL = "waiting", "all"
COUNT_TO = 500


class CappedPaginator(Paginator):  # type: ignore[type-arg]  # not generic at run time
    """Pages of the rows among a queryset. Counts no further than it has to: a queue may hold a million."""

    def __init__(self, queryset: models.QuerySet[Any], per_page: int, *, rows: flow.Rows, **options: Any) -> None:
        super().__init__(queryset, per_page, **options)
        self.queryset, self.rows = queryset, rows

    @cached_property
    def count(self) -> int:
        return self.rows.count(self.queryset, COUNT_TO + 1)

    @property
    def capped(self) -> bool:
        return self.count > COUNT_TO

    @property
    def in_words(self) -> str:
        return in_words(self.count, COUNT_TO)

    def validate_number(self, number: float | str) -> int:
        """A page that is none gives the nearest there is: Wagtail asks for the address's own once more."""
        try:
            return super().validate_number(number)
        except PageNotAnInteger:
            return 1
        except EmptyPage:
            return self.num_pages

    def page(self, number: int | str) -> Page[Any]:
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        found = self.rows.page(self.queryset, start, min(start + self.per_page, self.count))
        return Page(found, number, self)


class QueueView(StrictFilters, BenchMixin, IndexView):
    """The listing. `?scope=all` shows everything; left out, what waits for the person who looks."""

    template_name = "flow/workbench/queue.html"
    results_template_name = "flow/workbench/queue_results.html"
    paginate_by = 25
    paginator_class = CappedPaginator
    table_class = QueueTable
    any_permission_required = None
    permission_policy = None
    page_kwarg = "p"

    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        self.model = self.bench.model
        self.search_fields = self.bench.search
        self.search_backend_name = None
        self.index_url_name = self.bench.get_url_name("index")
        self.index_results_url_name = self.bench.get_url_name("index_results")
        self.page_title = self.bench.menu_label
        self.header_icon = self.bench.icon
        self.answer_columns = AnswerColumns.of(self.model, request.GET.getlist("kind"), request.user)
        self.list_export = [
            "pk",
            *_kind(self.model),
            *(self.bench.exports or self.bench.columns),
            "state",
            "state_since",
            "created_at",
            *self.answer_columns.headings,
        ]
        super().setup(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """An export is no page: what a page shows around its rows would read all of them into memory."""
        if self.is_export:
            return self.as_spreadsheet(self.get_queryset(), request.GET["export"])
        answer: HttpResponseBase = super().get(request, *args, **kwargs)
        return answer

    @cached_property
    def scope(self) -> str:
        return ALL if self.request.GET.get("scope") == ALL else WAITING

    @property
    def default_ordering(self) -> str:
        """What waits longest first; of everything, the newest."""
        return "-created_at" if self.scope == ALL else "state_since"

    @cached_property
    def rows(self) -> flow.Rows:
        return flow.Rows.of(self.model, VIEW if self.scope == ALL else None, self.request.user)

    def get_base_queryset(self) -> models.QuerySet[Any]:
        return self.bench.joined(self.model._default_manager.all())

    def get_queryset(self) -> models.QuerySet[Any]:
        """A page of it is taken by the paginator, an export takes all."""
        found: models.QuerySet[Any] = super().get_queryset()
        return self.rows.among(found) if self.is_export else found

    def get_paginator(self, *args: Any, **kwargs: Any) -> CappedPaginator:
        return CappedPaginator(*args, rows=self.rows, **kwargs)

    def order_queryset(self, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """A listing needs a total order, or pages repeat and skip rows."""
        return queryset.order_by(self.ordering, "-pk" if self.ordering.startswith("-") else "pk")

    @cached_property
    def filterset_class(self) -> type[WagtailFilterSet]:
        return filterset_for(self.bench, policy.active().version, get_language())

    @cached_property
    def bulk_moves(self) -> list[BulkMove]:
        return bulk_moves(self.bench, self.request.user)

    @cached_property
    def columns(self) -> list[Column]:
        first, *rest = self.bench.columns
        return [
            *([CheckboxColumn()] if self.bulk_moves else []),
            LinkColumn(self.column(first), self.bench.get_url_name("item")),
            *(self.column(path) for path in (*_kind(self.model), *rest)),
            StateColumn("state", label=_("State")),
            *self.moments,
        ]

    def column(self, path: str) -> Column:
        return path_column(self.model, path, self.bench.label_of(path))

    @property
    def moments(self) -> list[Column]:
        """What the list is sorted by at first, and since when it stands as it does."""
        if self.scope == WAITING:
            return [WhenColumn("state_since", label=_("Waiting since"), sort_key="state_since")]
        created = WhenColumn("created_at", label=self.bench.label_of("created_at"), sort_key="created_at")
        return [created, WhenColumn("state_since", label=_("Changed"), sort_key="state_since")]

    def to_row_dict(self, item: Any) -> dict[str, Any]:
        row = {path: reach(item, path) for path in self.list_export}
        if isinstance(item, Declared):
            row["kind"] = flow.newest(type(item), item.process).title
            row |= self.answer_columns.of_item(item)
        row["state"] = flow.machine(item).state(item.state).label
        return {path: _cell(value) for path, value in row.items()}

    def as_spreadsheet(self, queryset: models.QuerySet[Any], spreadsheet_format: str) -> HttpResponseBase:
        return spreadsheets.download(self.request, self.all_rows(queryset), spreadsheet_format, self.bench.name)

    def all_rows(self, queryset: models.QuerySet[Any]) -> Iterator[list[Any]]:
        yield [self.get_heading(queryset, field) for field in self.list_export]
        remaining = queryset.iterator(chunk_size=spreadsheets.BATCH)
        while items := list(islice(remaining, spreadsheets.BATCH)):
            self.answer_columns.look_up(items)
            for item in items:
                yield list(self.to_row_dict(item).values())

    def get_heading(self, queryset: models.QuerySet[Any], field: str) -> str:
        return self.answer_columns.headings.get(field) or self.bench.label_of(field)

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        if self.scope == WAITING and not (self.is_searching or self.is_filtering or self.unreadable):
            self.bench.keep_waiting_count(self.request, context["paginator"].count)
        return {
            **context,
            "bench": self.bench,
            "scope": self.scope,
            "scopes": [(WAITING, _("Waiting for me")), (ALL, _("All"))],
            "waiting": self.bench.waiting_count(self.request),
            "bulk_moves": self.bulk_moves,
            "possible_moves": possible_among(self.bulk_moves, context["object_list"]),
            "results_only": self.results_only,
            "unreadable": self.unreadable,
            "count_to": COUNT_TO,
            "bulk_at_most": AT_MOST,
        }


def _cell(value: Any) -> Any:
    """What a spreadsheet holds: moments and numbers as they are, everything else as people read it."""
    return value if isinstance(value, datetime | date | int | float | Decimal | None) else str(value)


def _kind(model: type[models.Model]) -> list[str]:
    return ["kind"] if issubclass(model, Declared) else []
