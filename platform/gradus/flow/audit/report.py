"""The list of everything that was done or refused, newest first, for administrators."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.core.paginator import EmptyPage, PageNotAnInteger, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from gradus.accounts.models import User
from gradus.accounts.selectors import unnamed
from gradus.core import spreadsheets
from gradus.core.markup import badge
from gradus.flow import choosing
from gradus.flow.audit.filters import PERSON, AuditFilters
from gradus.flow.audit.naming import Entry, entries
from gradus.flow.audit.versions import with_versions
from gradus.flow.models import TransitionRecord
from gradus.flow.workbench.columns import Cell, LinkColumn, WhenColumn
from gradus.flow.workbench.reports import ListView

TONES = {TransitionRecord.DONE: "success", "denied": "danger", "not_now": "warning", "stale": "neutral"}
COUNT_TO = 10_000
TYPED = 200


class NewestPages(Paginator):  # type: ignore[type-arg]  # not generic at run time
    """Pages that count no further than they lead: history has millions of rows, and nobody turns to the last page."""

    @cached_property
    def count(self) -> int:
        found: Any = self.object_list
        return int(found.order_by()[: COUNT_TO + 1].count())

    @property
    def capped(self) -> bool:
        return self.count > COUNT_TO

    def validate_number(self, number: float | str) -> int:
        """A page that is none gives the nearest there is, as in queues."""
        try:
            return super().validate_number(number)
        except PageNotAnInteger:
            return 1
        except EmptyPage:
            return self.num_pages


class OutcomeColumn(Cell):
    def inside(self, instance: Entry) -> Any:
        return badge(instance.outcome, tone(instance.record))


class VersionColumn(Cell):
    def inside(self, instance: Entry) -> str:
        if not instance.kept:
            return format_html("<code>{}</code>", instance.version) if instance.version else ""
        return format_html('<a href="{}">{}</a>', instance.kept.address, instance.kept.label)


def tone(record: TransitionRecord) -> str:
    return TONES.get(record.outcome, "warning")


class AuditView(ListView):
    page_title = gettext_lazy("Audit log")
    header_icon = "history"
    model = TransitionRecord
    index_url_name = "audit"
    index_results_url_name = "audit_results"
    template_name = "flow/audit/list.html"
    results_template_name = "flow/audit/list_results.html"
    nothing = (
        gettext_lazy("Nothing has happened yet."),
        gettext_lazy("Every transition and every refusal is listed here, with who, when and by which rules."),
    )
    default_ordering = "-at"
    filterset_class = AuditFilters
    paginator_class = NewestPages
    list_export = ["at"]  # what there is to export is written by `all_rows`
    columns = [
        LinkColumn(Cell("transition", label=gettext_lazy("What")), "audit_record"),
        Cell("about", label=gettext_lazy("About")),
        Cell("who_and_role", label=gettext_lazy("Who")),
        OutcomeColumn("outcome", label=gettext_lazy("Outcome")),
        Cell("why", label=gettext_lazy("Why")),
        VersionColumn("version", label=gettext_lazy("Version")),
        WhenColumn("at", label=gettext_lazy("When")),
    ]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """An export is no page: what a page shows around its rows would read all of them into memory."""
        if self.is_export:
            return self.as_spreadsheet(self.get_filtered_queryset(), request.GET["export"])
        answer: HttpResponseBase = super().get(request, *args, **kwargs)
        return answer

    def get_base_queryset(self) -> QuerySet[TransitionRecord]:
        left_out = [*unnamed("actor"), "facts", "params", "note"]
        return TransitionRecord.objects.select_related("actor").defer(*left_out)

    def order_queryset(self, queryset: QuerySet[TransitionRecord]) -> QuerySet[TransitionRecord]:
        return queryset.order_by("-at", "-pk")

    def get_filtered_queryset(self) -> QuerySet[TransitionRecord]:
        """Wagtail filters what `get_queryset` has filtered already once more."""
        found: QuerySet[TransitionRecord] = self.get_queryset()
        return found

    def get_table(self, object_list: Any) -> Any:
        return super().get_table(with_versions(entries(list(object_list), self.request.user)))

    @cached_property
    def person(self) -> User | None:
        """The one person whose records are listed."""
        return None if self.unreadable or self.filters is None else self.filters.form.cleaned_data.get("person")

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        paginator = context["paginator"]
        return {**context, "person": self.person, "capped": paginator.capped, "count_to": COUNT_TO}

    def as_spreadsheet(self, queryset: Any, spreadsheet_format: str) -> HttpResponseBase:
        return spreadsheets.download(self.request, self.all_rows(queryset), spreadsheet_format, "audit")

    def all_rows(self, queryset: QuerySet[TransitionRecord]) -> Iterator[list[Any]]:
        yield [
            _("Number"), _("When"), _("Who"), _("Role"), _("Process"), _("Number of the object"), _("About"),
            _("Transition"), _("From"), _("To"), _("Outcome"), _("Why"), _("Rule"), _("Version of the rules"),
        ]  # fmt: skip
        remaining = queryset.iterator(chunk_size=spreadsheets.BATCH)
        while some := entries(list(islice(remaining, spreadsheets.BATCH)), self.request.user):
            yield from map(_row, some)


def _row(entry: Entry) -> list[Any]:
    record = entry.record
    return [
        record.pk, record.at, entry.who, record.role, entry.process, record.object_id, str(entry.thing or ""),
        entry.transition, entry.state(record.source), entry.state(record.target), entry.outcome, entry.why,
        record.rule, record.book_version,
    ]  # fmt: skip


@require_safe
def people(request: HttpRequest) -> JsonResponse:
    """Those whose name begins like `q`, for the filter."""
    found = choosing.search(PERSON, request.GET.get("q", "")[:TYPED], request.user)
    return JsonResponse([{"text": one.text, "note": one.note} for one in found], safe=False)
